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

/** By the minute, in which all that is shorter is one: a batch is of few. */
const minuteOf = (at: number) => Math.floor(at / bucketMs['1m']);
const startOfMinute = (minute: number) => minute * bucketMs['1m'];

/** The buckets of all minutes in which something is recorded, each once. */
export const bucketsOfAll = (facts: readonly Pick<TypedFact, 'at'>[]): ReadonlyMap<string, InBucket> =>
  new Map(
    [...new Set(facts.map(({ at }) => minuteOf(at)))]
      .flatMap((minute) => bucketsOf(startOfMinute(minute)))
      .map((where) => [bucketKeyOf(where), where]),
  );

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
  /** Rows of each type by minute, looked for once: thousands of facts are of the same. */
  const found = new Map<number, Map<string, readonly EventRow[]>>();
  const rowsOf = ({ at, type }: TypedFact): readonly EventRow[] => {
    const minute = minuteOf(at);
    const ofMinute = found.get(minute) ?? new Map<string, readonly EventRow[]>();
    found.set(minute, ofMinute);
    const known = ofMinute.get(type);
    if (known !== undefined) return known;
    const ofType = bucketsOf(at).map((where) =>
      rowOf(rows.events, where, type, names, (name) => emptyRow(where, name)),
    );
    ofMinute.set(type, ofType);
    for (const row of ofType) events.add(row);
    return ofType;
  };
  for (const fact of facts) {
    const attempt = fact.attemptMs === null ? null : classOf(fact.attemptMs);
    const endToEnd = fact.endToEndMs === null ? null : classOf(fact.endToEndMs);
    for (const row of rowsOf(fact)) {
      row.counts[fact.counted]++;
      if (attempt !== null) add(row.attemptMs, attempt);
      if (endToEnd !== null) add(row.endToEndMs, endToEnd);
    }
    if (fact.failure !== null) countFailure(fact.at, fact.failure);
  }
  return { events, failures };

  function countFailure(at: number, kind: NonNullable<TypedFact['failure']>): void {
    for (const where of bucketsOf(at)) {
      const row = rowOf(rows.failures, where, failureKeyOf(kind), names, (key) => ({
        ...where,
        ...(key === OTHERS ? { class: OTHERS, fingerprint: OTHERS } : kind),
        failures: 0,
      }));
      row.failures++;
      failures.add(row);
    }
  }
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

function add(histogram: Map<number, number>, index: number): void {
  histogram.set(index, (histogram.get(index) ?? 0) + 1);
}
