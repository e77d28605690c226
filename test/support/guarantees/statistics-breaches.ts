import { isAsWritten } from '../../../src/application/envelope.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { StatisticsLimits } from '../../../src/projections/statistics/count-facts.ts';
import { durationOf, type Histogram, RELATIVE_ERROR } from '../../../src/projections/statistics/histogram.ts';
import type { Breach } from './find-breaches.ts';

/** What the statistics say, wherever they are kept. Moments are milliseconds since 1970. */
export interface ObservedStatistics {
  readonly events: readonly {
    readonly bucket: string;
    readonly startedAt: number;
    readonly type: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly attemptMs: Histogram;
    readonly endToEndMs: Histogram;
  }[];
  readonly failures: readonly {
    readonly bucket: string;
    readonly startedAt: number;
    readonly class: string;
    readonly fingerprint: string;
    readonly failures: number;
  }[];
  /** Events that have not ended. */
  readonly open: readonly string[];
}

interface Happening {
  readonly at: number;
  readonly type: string;
  readonly what: string;
  readonly attemptMs?: number;
  readonly endToEndMs?: number;
  readonly failure?: string;
}

interface ExpectedRow {
  readonly counts: Map<string, number>;
  readonly attemptMs: number[];
  readonly endToEndMs: number[];
}

const lengths = { '1m': 60_000, '1h': 3_600_000, '1d': 86_400_000 } as const;
const dayOrShorter = Object.entries(lengths) as [keyof typeof lengths, number][];

const names: Readonly<Record<string, string>> = {
  ...{ EventReceived: 'received', ProcessingStarted: 'started', ProcessingSucceeded: 'processed' },
  ...{ ProcessingFailed: 'failed', ProcessingInterrupted: 'interrupted', RetryScheduled: 'retried' },
  ...{ EventDeadLettered: 'dead', ReplayRequested: 'replayed', EventDiscarded: 'discarded' },
};

/** The statistics are the sums of all histories, in the buckets that are kept. */
export function breachesOfStatistics(
  log: readonly RecordedTransition[],
  { events, failures, open }: ObservedStatistics,
  limits: StatisticsLimits,
): readonly Breach[] {
  const breaches: Breach[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) breaches.push({ guarantee: 'G6', kind: 'mismatching row', eventId: '', what: `statistics: ${what}` });
  };
  const happened = happeningsOf(log);
  const stillOpen = [...happened.open].sort();
  must(String([...open].sort()) === String(stillOpen), `are open: ${open.join()}; not ended: ${stillOpen.join()}`);

  const rows = new Map<string, ExpectedRow>();
  const failed = new Map<string, number>();
  for (const [bucket, length] of dayOrShorter) {
    const startOf = ({ at }: Happening) => Math.floor(at / length) * length;
    const starts = [...new Set(happened.all.map(startOf))].sort((one, other) => other - one);
    for (const startedAt of starts.slice(0, limits.kept[bucket])) {
      const inside = happened.all.filter((each) => startOf(each) === startedAt);
      const types = [...new Set(inside.map(({ type }) => type))].slice(0, limits.names);
      const kinds = [...new Set(inside.flatMap(({ failure }) => failure ?? []))].slice(0, limits.names);
      for (const each of inside) {
        const key = `${bucket} ${startedAt} ${types.includes(each.type) ? each.type : ''}`;
        const row: ExpectedRow = rows.get(key) ?? { counts: new Map(), attemptMs: [], endToEndMs: [] };
        rows.set(key, row);
        row.counts.set(each.what, (row.counts.get(each.what) ?? 0) + 1);
        if (each.attemptMs !== undefined) row.attemptMs.push(each.attemptMs);
        if (each.endToEndMs !== undefined) row.endToEndMs.push(each.endToEndMs);
        if (each.failure === undefined) continue;
        const kind = `${bucket} ${startedAt} ${kinds.includes(each.failure) ? each.failure : ' '}`;
        failed.set(kind, (failed.get(kind) ?? 0) + 1);
      }
    }
  }

  const seen = new Set<string>();
  for (const { bucket, startedAt, type, counts, attemptMs, endToEndMs } of events) {
    const key = `${bucket} ${startedAt} ${type}`;
    seen.add(key);
    const expected = rows.get(key);
    must(expected !== undefined, `have a row of ${key}, in which nothing happened`);
    if (expected === undefined) continue;
    for (const what of Object.values(names)) {
      const [is, be] = [counts[what], expected.counts.get(what) ?? 0];
      must(is === be, `say ${what} ${is} of ${key}, histories ${be}`);
    }
    for (const [what, histogram, durations] of [
      ['attempts', attemptMs, expected.attemptMs],
      ['end to end', endToEndMs, expected.endToEndMs],
    ] as const)
      must(isOf(histogram, durations), `have other durations (${what}) of ${key} than histories: ${durations.join()}`);
  }
  for (const key of rows.keys()) must(seen.has(key), `have no row of ${key}`);

  const observed = new Map(
    failures.map((row) => [`${row.bucket} ${row.startedAt} ${row.class} ${row.fingerprint}`, row.failures]),
  );
  for (const key of new Set([...failed.keys(), ...observed.keys()])) {
    const [is, be] = [observed.get(key) ?? 0, failed.get(key) ?? 0];
    must(is === be, `say ${is} failures of ${key}, histories ${be}`);
  }
  return breaches;
}

/** History by history: what each transition counts for. */
function happeningsOf(log: readonly RecordedTransition[]): {
  readonly all: readonly Happening[];
  readonly open: ReadonlySet<string>;
} {
  const histories = Map.groupBy(log, ({ stream }) => stream);
  const happenings = new Map<RecordedTransition, Happening>();
  const open = new Set<string>();
  for (const [stream, history] of histories) {
    const [first] = history;
    if (first === undefined || !isAsWritten(first)) continue;
    const { type } = JSON.parse(first.data) as { readonly type: string };
    let began: number | null = null;
    for (const recorded of history.filter(isAsWritten)) {
      const what = names[recorded.type] ?? recorded.type;
      const at = Date.parse(recorded.recordedAt);
      if (what === 'received' || what === 'replayed') began = at;
      if (began === null && what !== 'discarded') continue;
      const { durationMs, failure, handler } = JSON.parse(recorded.data);
      const isEnd = what === 'processed' || what === 'dead';
      happenings.set(recorded, {
        ...{ at, type, what },
        ...(durationMs === undefined || handler === null ? {} : { attemptMs: durationMs }),
        ...(isEnd && began !== null ? { endToEndMs: Math.max(0, at - began) } : {}),
        ...(what === 'failed' ? { failure: `${failure.class} ${failure.fingerprint}` } : {}),
      });
      if (isEnd) began = null;
    }
    if (began !== null) open.add(stream.slice(stream.indexOf('-') + 1));
  }
  return { all: log.flatMap((recorded) => happenings.get(recorded) ?? []), open };
}

/** As many durations, and each of them as long as its class says, as nearly as is promised. */
function isOf(histogram: Histogram, durations: readonly number[]): boolean {
  const said = [...histogram]
    .sort(([one], [other]) => one - other)
    .flatMap(([index, count]) => Array.from({ length: count }, () => durationOf(index)));
  const real = durations.toSorted((one, other) => one - other);
  return said.length === real.length && real.every((ms, nth) => isNear(said[nth] ?? Number.NaN, ms));
}

const isNear = (said: number, ms: number) => Math.abs(said - ms) <= RELATIVE_ERROR * ms + 0.5;
