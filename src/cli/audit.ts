import { type Command, InvalidArgumentError } from 'commander';
import { parseUuid } from './parse-uuid.ts';

export interface ReceiptRequest {
  readonly id: string;
  /** Where it is written; `null` for standard output. */
  readonly file: string | null;
}

/** What `eventops audit` does: given by the composition root. */
export interface AuditActions {
  key(): Promise<void>;
  receipt(request: ReceiptRequest): Promise<void>;
}

function parseFile(text: string): string {
  if (text === '') throw new InvalidArgumentError('the name of a file is not empty');
  return text;
}

/** Adds `eventops audit key|receipt`. */
export function addAudit(program: Command, actions: AuditActions): void {
  const audit = program.command('audit').description('what auditors need: docs/audit.md');

  audit
    .command('key')
    .description(
      'print the verifier key that belongs to the key in AUDIT_KEY_FILE, or in the data folder, for auditors',
    )
    .action(() => actions.key());

  audit
    .command('receipt')
    .description("write an event's receipt: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN")
    .argument('<id>', 'of the event', parseUuid('the id of an event is a UUID, as its post was answered'))
    .option(
      '-o, --output <file>',
      'where it is written, and not over what is there; standard output by default',
      parseFile,
    )
    .action((id: string, { output }: { readonly output?: string }) => actions.receipt({ id, file: output ?? null }));
}
