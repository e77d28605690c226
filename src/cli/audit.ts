import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseUuid } from './parse-uuid.ts';

export interface ReceiptRequest {
  readonly id: string;
  /** Where it is written; `null` for standard output. */
  readonly file: string | null;
}

export interface AuditExportRequest {
  readonly since?: string;
  readonly until?: string;
  readonly type?: string;
  readonly source?: string;
  readonly client?: string;
  readonly format: 'ndjson' | 'csv';
  /** A file with a checkpoint that was kept. */
  readonly checkpoint?: string;
  /** A file that is not there yet; standard output by default. */
  readonly output?: string;
}

export interface AuditVerifyRequest {
  /** A file, `-` for standard input, or the URL of a running system. */
  readonly target: string;
  readonly policy?: string;
  readonly key?: string;
  /** Files with checkpoints that were kept. */
  readonly checkpoints: readonly string[];
}

/** What `eventops audit` does: given by the composition root. */
export interface AuditActions {
  export(request: AuditExportRequest): Promise<void>;
  verify(request: AuditVerifyRequest): Promise<void>;
  key(): Promise<void>;
  receipt(request: ReceiptRequest): Promise<void>;
}

function parseFile(text: string): string {
  if (text === '') throw new InvalidArgumentError('the name of a file is not empty');
  return text;
}

function parseTime(text: string): string {
  if (!/^\d{4}-\d\d-\d\dT/i.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('a time such as 2030-01-31T12:00:00Z');
  return text;
}

const collect = (text: string, before: readonly string[]) => [...before, text];

/** Adds `eventops audit export|verify|key|receipt`. */
export function addAudit(program: Command, actions: AuditActions): void {
  const audit = program.command('audit').description('what auditors need: docs/audit.md');

  audit
    .command('export')
    .description(
      'write the signed transitions of all histories to a file, with what proves them: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN',
    )
    .addOption(new Option('--since <time>', 'from the first that was recorded then or later').argParser(parseTime))
    .addOption(new Option('--until <time>', 'to the last that was recorded before that').argParser(parseTime))
    .option('--type <type>', 'of events of this type; of others there are hashes alone')
    .option('--source <source>', 'of events from this source')
    .option('--client <id>', 'of events of this client')
    .addOption(
      new Option('--format <form>', 'csv is for people, and proves nothing')
        .choices(['ndjson', 'csv'])
        .default('ndjson'),
    )
    .option('--checkpoint <file>', 'with the proof that the log has not changed since this checkpoint, which was kept')
    .option('-o, --output <file>', 'a file that is not there yet; standard output by default')
    .action((request: AuditExportRequest) => actions.export(request));

  audit
    .command('verify')
    .description(
      'check an export, a receipt or a proof, without a server or a database; or a running system. Ends with 0 when all of it holds, 1 when it does not, and 2 when that could not be found out',
    )
    .argument(
      '<file|url>',
      'a file, - for standard input, or the URL of a running system, with the token in EVENTOPS_TOKEN',
    )
    .addOption(
      new Option(
        '--policy <file>',
        'whose signatures count: keys of logs and witnesses, and the quorum (C2SP tlog-policy)',
      ),
    )
    .addOption(new Option('--key <vkey>', 'the key of the log, where no witness is asked for').conflicts('policy'))
    .option(
      '--checkpoint <file>',
      'a checkpoint that was kept: the log must begin with what it had then; may be repeated',
      collect,
      [],
    )
    .action((target: string, given: { policy?: string; key?: string; checkpoint: readonly string[] }) =>
      actions.verify({
        target,
        ...(given.policy === undefined ? {} : { policy: given.policy }),
        ...(given.key === undefined ? {} : { key: given.key }),
        checkpoints: given.checkpoint,
      }),
    );

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
