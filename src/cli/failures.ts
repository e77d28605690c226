import { type Command, Option } from 'commander';
import { type OutputForm, outputForms } from './output-forms.ts';
import { parseLimit } from './parse-limit.ts';
import { parseUuid } from './parse-uuid.ts';

export const groupStatuses = ['open', 'resolved', 'returned'] as const;

export interface ExplainRequest {
  readonly id: string;
  /** Whether it is to be explained once more first. */
  readonly again: boolean;
  readonly output: OutputForm;
}

export interface ListFailuresRequest {
  readonly status?: (typeof groupStatuses)[number];
  readonly handler?: string;
  readonly limit: number;
  readonly output: OutputForm;
}

export interface ResolveFailureRequest {
  readonly id: string;
  readonly note: string;
  readonly handlerVersion?: string;
  readonly output: OutputForm;
}

/** What `eventops explain` and `eventops failures` do: given by the composition root. */
export interface FailuresActions {
  explain(request: ExplainRequest): Promise<void>;
  list(request: ListFailuresRequest): Promise<void>;
  show(request: { readonly id: string; readonly output: OutputForm }): Promise<void>;
  resolve(request: ResolveFailureRequest): Promise<void>;
}

const USUAL_LIMIT = 50;
const HIGHEST_LIMIT = 1_000;

const outputOption = () => new Option('-o, --output <form>', 'how').choices(outputForms).default('table');
const OVER_HTTP = 'over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN';
const parseEventId = parseUuid('the id of an event is a UUID, as its post was answered');
const parseGroupId = parseUuid('the id of a failure group is a UUID, as `failures list` shows it');

/** Adds `eventops explain <id>` and `eventops failures list|show|resolve`. */
export function addFailures(program: Command, actions: FailuresActions): void {
  program
    .command('explain')
    .description(`say why an event probably failed, and what to do: ${OVER_HTTP}`)
    .argument('<id>', 'of the event', parseEventId)
    .option('--again', 'have its last failure explained once more first', false)
    .addOption(outputOption())
    .action((id: string, given: Omit<ExplainRequest, 'id'>) => actions.explain({ id, ...given }));

  const failures = program.command('failures').description(`failures that are one, in groups: ${OVER_HTTP}`);

  failures
    .command('list')
    .description('list failure groups, the one that was seen last first')
    .addOption(new Option('--status <status>', 'only those').choices(groupStatuses))
    .option('--handler <pattern>', 'only those of a handler, by its pattern')
    .addOption(new Option('--limit <n>', 'how many at most').default(USUAL_LIMIT).argParser(parseLimit(HIGHEST_LIMIT)))
    .addOption(outputOption())
    .action((request: ListFailuresRequest) => actions.list(request));

  failures
    .command('show')
    .description('show a failure group: what is one in it, what was done about it, and why it probably happens')
    .argument('<id>', 'of the failure group', parseGroupId)
    .addOption(outputOption())
    .action((id: string, { output }: { readonly output: OutputForm }) => actions.show({ id, output }));

  failures
    .command('resolve')
    .description('record what was done about a failure group; seen again, it is shown as returned')
    .argument('<id>', 'of the failure group', parseGroupId)
    .requiredOption('--note <note>', 'what was done, for whoever meets it next')
    .option('--handler-version <version>', 'the version of the handler from which on it is not to be seen again')
    .addOption(outputOption())
    .action((id: string, given: Omit<ResolveFailureRequest, 'id'>) => actions.resolve({ id, ...given }));
}
