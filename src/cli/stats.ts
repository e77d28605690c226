import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseSince, type Since } from './since.ts';

export const statsForms = ['table', 'json', 'ndjson'] as const;
export const statsBy = ['type', 'status', 'failure'] as const;
export const statsBuckets = ['1m', '1h', '1d'] as const;

export interface StatsRequest {
  readonly by: (typeof statsBy)[number];
  readonly bucket: (typeof statsBuckets)[number];
  readonly since?: Since;
  readonly output: (typeof statsForms)[number];
  /** How long to wait before the statistics are shown again; absent where they are shown once. */
  readonly everyMs?: number;
}

/** What `eventops stats` does: given by the composition root. */
export type ShowStats = (request: StatsRequest) => Promise<void>;

const USUAL_SECONDS = 2;

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,4}$/.test(text) || seconds < 1) throw new InvalidArgumentError('whole seconds, from 1 to 9999');
  return seconds;
}

interface Given extends Pick<StatsRequest, 'by' | 'bucket' | 'output'> {
  readonly since?: Since;
  readonly watch?: number | true;
}

/** Adds `eventops stats`. */
export function addStats(program: Command, show: ShowStats): void {
  program
    .command('stats')
    .description(
      'show counts, failures, retry rate and durations: over HTTP, at EVENTOPS_URL and with the token in EVENTOPS_TOKEN',
    )
    .addOption(new Option('--by <what>', 'what to group by').choices(statsBy).default('type'))
    .addOption(new Option('--bucket <length>', 'a minute, an hour or a day').choices(statsBuckets).default('1m'))
    .addOption(
      new Option('--since <when>', 'a time, or how long ago, such as 30m; the last 60 buckets by default').argParser(
        parseSince,
      ),
    )
    .addOption(
      new Option(
        '--watch [seconds]',
        `show them again every ${USUAL_SECONDS} seconds, or so many, until SIGINT`,
      ).argParser(parseSeconds),
    )
    .addOption(new Option('-o, --output <form>', 'how').choices(statsForms).default('table'))
    .action(({ watch, ...request }: Given) => {
      const seconds = watch === true ? USUAL_SECONDS : watch;
      return show({ ...request, ...(seconds === undefined ? {} : { everyMs: seconds * 1_000 }) });
    });
}
