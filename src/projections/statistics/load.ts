import { sql } from 'kysely';
import type { SlotTransaction } from '../read-model.ts';
import { utcText } from '../utc-text.ts';
import { bucketKeyOf, bucketsOfAll, failureKeyOf, noRows, type Rows } from './count-facts.ts';
import type { GivenFact, OpenEvent, TypedFact } from './follow-events.ts';
import { fromJson } from './histogram.ts';
import { type BucketName, type Counted, countedNames } from './table.ts';

/** Before the first transition of every log. */
const NOTHING_COUNTED = -1n;

export async function positionOf({ transaction, named }: SlotTransaction): Promise<bigint> {
  const { rows } = await sql<{ position: string }>`select position from ${named('statistics_progress')}`.execute(
    transaction,
  );
  return rows[0] === undefined ? NOTHING_COUNTED : BigInt(rows[0].position);
}

/** Those of the events that were open before, and of which not all is among the facts. */
export async function openEventsAmong(
  { transaction, named }: SlotTransaction,
  given: readonly GivenFact[],
): Promise<ReadonlyMap<string, OpenEvent>> {
  const begun = new Set<string>();
  const asked = new Set<string>();
  for (const { fact } of given)
    if (fact.counted === 'received') begun.add(fact.eventId);
    else if (!begun.has(fact.eventId)) asked.add(fact.eventId);
  if (asked.size === 0) return new Map();
  const { rows } = await sql<{ id: string; type: string; began_at: string }>`
    select id, type, ${utcText('began_at')} from ${named('statistics_open_events')}
    where id = any(${[...asked]}::uuid[])`.execute(transaction);
  return new Map(rows.map(({ id, type, began_at }) => [id, { type, beganAt: Date.parse(began_at) }]));
}

interface StoredEventRow extends Record<Counted, string> {
  readonly bucket: BucketName;
  readonly started_at: string;
  readonly type: string;
  readonly attempt_ms: Readonly<Record<string, number>>;
  readonly end_to_end_ms: Readonly<Record<string, number>>;
}

interface StoredFailureRow {
  readonly bucket: BucketName;
  readonly started_at: string;
  readonly class: string;
  readonly fingerprint: string;
  readonly failures: string;
}

const counts = sql.raw(countedNames.join(', '));

/** Every row of the buckets that the facts are in: how many there are decides whether another one is distinguished. */
export async function rowsInBucketsOf(
  { transaction, named }: SlotTransaction,
  facts: readonly TypedFact[],
): Promise<Rows> {
  const found = noRows();
  const buckets = [...bucketsOfAll(facts).values()].map(({ bucket, startedAt }) => ({
    bucket,
    started_at: new Date(startedAt).toISOString(),
  }));
  const ofBuckets = sql`
    (bucket, started_at) in (
      select bucket, started_at
      from json_to_recordset(${JSON.stringify(buckets)}::json) as given (bucket text, started_at timestamptz)
    )`;
  const events = await sql<StoredEventRow>`
    select bucket, ${utcText('started_at')}, type, ${counts}, attempt_ms, end_to_end_ms
    from ${named('event_statistics')} where ${ofBuckets}`.execute(transaction);
  for (const { bucket, started_at, type, attempt_ms, end_to_end_ms, ...stored } of events.rows)
    put(found.events, type, {
      ...{ bucket, startedAt: Date.parse(started_at), type },
      counts: Object.fromEntries(countedNames.map((name) => [name, Number(stored[name])])) as Record<Counted, number>,
      ...{ attemptMs: fromJson(attempt_ms), endToEndMs: fromJson(end_to_end_ms) },
    });
  if (facts.every(({ failure }) => failure === null)) return found;
  const failures = await sql<StoredFailureRow>`
    select bucket, ${utcText('started_at')}, class, fingerprint, failures
    from ${named('failure_statistics')} where ${ofBuckets}`.execute(transaction);
  for (const row of failures.rows)
    put(found.failures, failureKeyOf(row), {
      ...{ bucket: row.bucket, startedAt: Date.parse(row.started_at), class: row.class },
      ...{ fingerprint: row.fingerprint, failures: Number(row.failures) },
    });
  return found;
}

function put<Row extends Parameters<typeof bucketKeyOf>[0]>(
  rows: Map<string, Map<string, Row>>,
  name: string,
  row: Row,
): void {
  const key = bucketKeyOf(row);
  rows.set(key, (rows.get(key) ?? new Map<string, Row>()).set(name, row));
}
