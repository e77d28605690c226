import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ListForm, listForms } from './output-forms.ts';
import { parseLimit } from './parse-limit.ts';
import { parseUuid } from './parse-uuid.ts';
import { parseSeconds, parseSince, type Since } from './since.ts';

export const eventStatuses = ['RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED', 'DEAD', 'DISCARDED'] as const;
type Status = (typeof eventStatuses)[number];

export interface SendRequest {
  /** A file, or `-` for standard input; absent where `data` is given. */
  readonly file?: string;
  /** The payload as JSON, instead of a file. */
  readonly data?: string;
  readonly type?: string;
  readonly source?: string;
  readonly key?: string;
  /** Each line is an event. */
  readonly ndjson: boolean;
  readonly output: ListForm;
}

export interface ListEventsRequest {
  readonly type?: string;
  readonly source?: string;
  readonly status?: Status;
  readonly failure?: string;
  readonly since?: Since;
  readonly until?: Since;
  readonly limit: number;
  readonly output: ListForm;
}

export interface TailRequest {
  readonly type?: string;
  readonly source?: string;
  readonly client?: string;
  readonly status?: Status;
  readonly event?: string;
  readonly follow: boolean;
  /** How many of the last transitions come first. */
  readonly lines: number;
  readonly output: ListForm;
}

interface Of {
  readonly id: string;
  readonly output: ListForm;
}

export interface WaitRequest extends Of {
  readonly timeoutMs: number;
}

/** What the commands about events do: given by the composition root. */
export interface EventsActions {
  send(request: SendRequest): Promise<void>;
  get(request: Of): Promise<void>;
  history(request: Of): Promise<void>;
  list(request: ListEventsRequest): Promise<void>;
  tail(request: TailRequest): Promise<void>;
  wait(request: WaitRequest): Promise<void>;
  replay(request: Of & { readonly reason: string }): Promise<void>;
}

const OVER_HTTP = 'over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN, or as --profile says';
const MOST_LISTED = 1_000_000;
const MOST_RECENT = 1_000;

const id = ['<id>', 'of the event', parseUuid('the id of an event is a UUID, as its post was answered')] as const;
const outputOption = () => new Option('-o, --output <form>', 'how').choices(listForms).default('table');
const sinceOption = (flag: string, what: string) =>
  new Option(flag, `${what}: a time, or how long ago (30m, 2h, 7d)`).argParser(parseSince);

function parseJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new InvalidArgumentError('JSON, such as {"orderId":"A-1"}; keep it in single quotes');
  }
}

/** Adds `eventops send|get|history|list|tail|wait|replay`. */
export function addEvents(program: Command, actions: EventsActions): void {
  program
    .command('send')
    .description(`send an event, or many: ${OVER_HTTP}`)
    .argument('[file]', 'with the payload, or with whole events; - for standard input')
    .addOption(new Option('--data <json>', 'the payload, instead of a file').argParser(parseJson))
    .option('--type <type>', 'of the event; then the file, or each line of it, is a payload alone')
    .option('--source <source>', 'of the event')
    .option('--key <key>', 'the idempotency key: the same key again is the same event. One of its own by default')
    .option('--ndjson', 'each line is an event; sent in batches. So is what is named .ndjson or .jsonl', false)
    .addOption(outputOption())
    .action((file: string | undefined, given: Omit<SendRequest, 'file'>) =>
      actions.send({ ...given, ...(file === undefined ? {} : { file }) }),
    );

  program
    .command('get')
    .description(`show an event as it is: ${OVER_HTTP}`)
    .argument(...id)
    .addOption(outputOption())
    .action((eventId: string, given: Omit<Of, 'id'>) => actions.get({ id: eventId, ...given }));

  program
    .command('history')
    .description(
      `show what happened to an event, from the log. Ends with 1 if it is not what was written: ${OVER_HTTP}`,
    )
    .argument(...id)
    .addOption(outputOption())
    .action((eventId: string, given: Omit<Of, 'id'>) => actions.history({ id: eventId, ...given }));

  program
    .command('list')
    .description(`list events, the newest first: ${OVER_HTTP}`)
    .option('--type <type>', 'of the event')
    .option('--source <source>', 'of the event')
    .addOption(new Option('--status <status>', 'only those').choices(eventStatuses))
    .option('--failure <fingerprint>', 'of the last failure')
    .addOption(sinceOption('--since <when>', 'received then or later'))
    .addOption(sinceOption('--until <when>', 'received before'))
    .addOption(new Option('--limit <n>', 'how many at most').default(50).argParser(parseLimit(MOST_LISTED)))
    .addOption(outputOption())
    .action((request: ListEventsRequest) => actions.list(request));

  program
    .command('tail')
    .description(`show the last transitions, and with -f those that follow, until SIGINT: ${OVER_HTTP}`)
    .option('-f, --follow', 'go on; after a lost connection behind what was seen, so that nothing is missed', false)
    .addOption(new Option('-n, --lines <n>', 'how many come first').default(10).argParser(parseLimit(MOST_RECENT)))
    .option('--type <type>', 'of the event')
    .option('--source <source>', 'of the event')
    .option('--client <client>', 'whose events')
    .addOption(new Option('--status <status>', 'that the event comes to').choices(eventStatuses))
    .addOption(new Option('--event <id>', 'of one event').argParser(parseUuid('an event has a UUID')))
    .addOption(outputOption())
    .action((request: TailRequest) => actions.tail(request));

  program
    .command('wait')
    .description(
      `wait for an event's end. Ends with 0 when it is processed, 1 when it is dead or discarded, 3 when it is neither in time: ${OVER_HTTP}`,
    )
    .argument(...id)
    .addOption(new Option('--timeout <seconds>', 'how long').default(30_000, '30').argParser(parseSeconds))
    .addOption(outputOption())
    .action((eventId: string, { timeout, output }: { readonly timeout: number; readonly output: ListForm }) =>
      actions.wait({ id: eventId, timeoutMs: timeout, output }),
    );

  program
    .command('replay')
    .description(`process an event again, which is recorded: ${OVER_HTTP}`)
    .argument(...id)
    .requiredOption('--reason <reason>', 'why; it is recorded')
    .addOption(outputOption())
    .action((eventId: string, given: { readonly reason: string; readonly output: ListForm }) =>
      actions.replay({ id: eventId, ...given }),
    );
}
