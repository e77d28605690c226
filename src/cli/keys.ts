import { type Command, Option } from 'commander';
import { type OutputForm, outputForms } from './output-forms.ts';
import { parseUuid } from './parse-uuid.ts';

export interface KeyRequest {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly sources: readonly string[];
  readonly expiresAt?: string;
}

/** What `eventops keys` does: given by the composition root. */
export interface KeysActions {
  create(request: KeyRequest): Promise<void>;
  list(form: OutputForm): Promise<void>;
  revoke(request: { readonly id: string; readonly reason: string }): Promise<void>;
}

const collect = (text: string, before: readonly string[]) => [...before, text];

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
    .addOption(new Option('-o, --output <form>', 'how').choices(outputForms).default('table'))
    .action(({ output }: { readonly output: OutputForm }) => actions.list(output));

  keys
    .command('revoke')
    .description('end an API key, permanently and everywhere')
    .argument('<id>', 'of the key', parseUuid('the id of a key is a UUID, as `keys list` shows it'))
    .requiredOption('--reason <reason>', 'why; it is recorded')
    .action((id: string, { reason }: { readonly reason: string }) => actions.revoke({ id, reason }));
}
