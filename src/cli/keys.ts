import { type Command, InvalidArgumentError, Option } from 'commander';

export interface KeyRequest {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly sources: readonly string[];
  readonly expiresAt?: string;
}

export const listForms = ['table', 'json'] as const;
export type ListForm = (typeof listForms)[number];

/** What `eventops keys` does: given by the composition root. */
export interface KeysActions {
  create(request: KeyRequest): Promise<void>;
  list(form: ListForm): Promise<void>;
  revoke(request: { readonly id: string; readonly reason: string }): Promise<void>;
}

const collect = (text: string, before: readonly string[]) => [...before, text];

/** Before anything is asked of the system; what is in it is judged there. */
function parseId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
  throw new InvalidArgumentError('the id of a key is a UUID, as `keys list` shows it');
}

/** Adds `eventops keys create|list|revoke`. */
export function addKeys(
  program: Command,
  actions: KeysActions,
  parsePermission: (text: string, before: readonly string[]) => readonly string[],
): void {
  const keys = program
    .command('keys')
    .description('API keys: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN');

  keys
    .command('create')
    .description('create an API key and print it, alone: it is shown this once')
    .requiredOption('--name <name>', 'what the key is for, as people know it')
    .addOption(
      new Option('--permission <permission>', 'what it may do, such as events:write; may be repeated')
        .argParser(parsePermission)
        .default([])
        .makeOptionMandatory(),
    )
    .option('--source <source>', 'a source whose events it may send; may be repeated; all by default', collect, [])
    .option('--expires-at <moment>', 'RFC 3339, such as 2030-01-31T12:00:00Z; never by default')
    .action(
      ({
        name,
        permission: permissions,
        source: sources,
        expiresAt,
      }: {
        readonly name: string;
        readonly permission: readonly string[];
        readonly source: readonly string[];
        readonly expiresAt?: string;
      }) => actions.create({ name, permissions, sources, ...(expiresAt === undefined ? {} : { expiresAt }) }),
    );

  keys
    .command('list')
    .description('list API keys, the newest first')
    .addOption(new Option('-o, --output <form>', 'how').choices(listForms).default('table'))
    .action(({ output }: { readonly output: ListForm }) => actions.list(output));

  keys
    .command('revoke')
    .description('end an API key, permanently and everywhere')
    .argument('<id>', 'of the key', parseId)
    .requiredOption('--reason <reason>', 'why; it is recorded')
    .action((id: string, { reason }: { readonly reason: string }) => actions.revoke({ id, reason }));
}
