import type { TypedFact } from './follow-events.ts';
import { classOf } from './histogram.ts';
import { type BucketName, bucketMs, bucketNames, type Counted, countedNames, OTHERS } from './table.ts';

export interface StatisticsLimits {
  /** Types, and kinds of failures, that a bucket distinguishes: the first to come. All others are counted together. */
  readonly names: number;
  /** The latest buckets of each length that are kept, of those in which something happened. */
  readonly kept: Readonly<Record<BucketName, number>>;
}

/** Two days of minutes, two months of hours, three years of days. */
export const statisticsLimits: StatisticsLimits = { names: 50, kept: { '1m': 2_880, '1h': 1_488, '1d': 1_100 } };

interface InBucket {
  readonly bucket: BucketName;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface EventRow extends InBucket {
  readonly type: string;
  readonly counts: Record<Counted, number>;
  readonly attemptMs: Map<number, number>;
  readonly endToEndMs: Map<number, number>;
}

export interface FailureRow extends InBucket {
  readonly class: string;
  readonly fingerprint: string;
  failures: number;
}

/** Every row of the buckets that are counted in, by bucket and then by name. Counting changes it. */
export interface Rows {
  readonly events: Map<string, Map<string, EventRow>>;
  readonly failures: Map<string, Map<string, FailureRow>>;
}

export const noRows = (): Rows => ({ events: new Map(), failures: new Map() });

export const bucketKeyOf = ({ bucket, startedAt }: InBucket) => `${bucket} ${startedAt}`;
/** Neither of the two can hold the character between them. */
export const failureKeyOf = ({ class: name, fingerprint }: Pick<FailureRow, 'class' | 'fingerprint'>) =>
  name === OTHERS && fingerprint === OTHERS ? OTHERS : `${fingerprint}\0${name}`;

/** The buckets that a moment is in. */
export const bucketsOf = (at: number): readonly InBucket[] =>
  bucketNames.map((bucket) => ({ bucket, startedAt: Math.floor(at / bucketMs[bucket]) * bucketMs[bucket] }));

/**
 * Counts each fact in its minute, hour and day, by the moment at which it was recorded. Facts are in the log's order.
 * @returns the rows that were changed.
 */
export function countFacts(
  facts: readonly TypedFact[],
  rows: Rows,
  { names }: Pick<StatisticsLimits, 'names'>,
): { readonly events: ReadonlySet<EventRow>; readonly failures: ReadonlySet<FailureRow> } {
  const events = new Set<EventRow>();
  const failures = new Set<FailureRow>();
  for (const fact of facts)
    for (const where of bucketsOf(fact.at)) {
      const row = rowOf(rows.events, where, fact.type, names, (type) => emptyRow(where, type));
      row.counts[fact.counted]++;
      add(row.attemptMs, fact.attemptMs);
      add(row.endToEndMs, fact.endToEndMs);
      events.add(row);
      if (fact.failure === null) continue;
      const failure = rowOf(rows.failures, where, failureKeyOf(fact.failure), names, (key) => ({
        ...where,
        ...(key === OTHERS ? { class: OTHERS, fingerprint: OTHERS } : fact.failure),
        failures: 0,
      })) as FailureRow;
      failure.failures++;
      failures.add(failure);
    }
  return { events, failures };
}

/** The row of that name in the bucket, or of all others where the bucket has no room for another name. */
function rowOf<Row>(
  rows: Map<string, Map<string, Row>>,
  where: InBucket,
  name: string,
  most: number,
  create: (name: string) => Row,
): Row {
  const key = bucketKeyOf(where);
  const inBucket = rows.get(key) ?? new Map<string, Row>();
  rows.set(key, inBucket);
  const own = inBucket.get(name);
  if (own !== undefined) return own;
  const distinguished = inBucket.size - (inBucket.has(OTHERS) ? 1 : 0);
  const shared = distinguished < most ? name : OTHERS;
  const row = inBucket.get(shared) ?? create(shared);
  inBucket.set(shared, row);
  return row;
}

const emptyRow = (where: InBucket, type: string): EventRow => ({
  ...where,
  type,
  counts: Object.fromEntries(countedNames.map((name) => [name, 0])) as Record<Counted, number>,
  attemptMs: new Map(),
  endToEndMs: new Map(),
});

function add(histogram: Map<number, number>, durationMs: number | null): void {
  if (durationMs === null) return;
  const index = classOf(durationMs);
  histogram.set(index, (histogram.get(index) ?? 0) + 1);
}
