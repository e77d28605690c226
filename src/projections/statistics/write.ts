import { sql } from 'kysely';
import type { DecodedTransition, SlotTransaction } from '../read-model.ts';
import { bucketKeyOf, countFacts, type EventRow, type FailureRow, type StatisticsLimits } from './count-facts.ts';
import type { Fact } from './fact.ts';
import { followEvents, type OpenEvent } from './follow-events.ts';
import { toJson } from './histogram.ts';
import { openEventsAmong, positionOf, rowsInBucketsOf } from './load.ts';
import { type BucketName, countedNames } from './table.ts';

/**
 * Counts what is beyond the position up to which the log is counted, and moves it there: so to hand over the same transitions
 * twice counts nothing twice, also where the checkpoint was put back by hand. Some six statements, however large the batch.
 */
export async function writeStatistics(
  to: SlotTransaction,
  decoded: readonly DecodedTransition<Fact | null>[],
  limits: StatisticsLimits,
): Promise<void> {
  const last = decoded.at(-1);
  if (last === undefined) return;
  const counted = await positionOf(to);
  const given = decoded.flatMap(({ recorded, transition: fact, first = null }) =>
    fact === null || recorded.position <= counted ? [] : [{ fact, first }],
  );
  if (given.length > 0) {
    const openBefore = await openEventsAmong(to, given);
    const { facts, changed } = followEvents(given, openBefore);
    const rows = await rowsInBucketsOf(to, facts);
    const before = new Set(rows.events.keys());
    const { events, failures } = countFacts(facts, rows, limits);
    await keepEventRows(to, events);
    await keepFailureRows(to, failures);
    await keepOpenEvents(to, changed, openBefore);
    const begun = [...events].filter((row) => !before.has(bucketKeyOf(row))).map(({ bucket }) => bucket);
    await deleteOldBuckets(to, new Set(begun), limits);
  }
  await moveTo(to, last.recorded.position);
}

async function moveTo({ transaction, named }: SlotTransaction, position: bigint): Promise<void> {
  await sql`
    insert into ${named('statistics_progress')} as progress (position) values (${position.toString()})
    on conflict (is_only) do update set position = greatest(progress.position, excluded.position)`.execute(transaction);
}

const momentOf = (epochMs: number) => new Date(epochMs).toISOString();

const counts = sql.raw(countedNames.join(', '));
const countTypes = sql.raw(countedNames.map((name) => `${name} bigint`).join(', '));
const countsReplaced = sql.raw(countedNames.map((name) => `${name} = excluded.${name}`).join(', '));

async function keepEventRows({ transaction, named }: SlotTransaction, rows: ReadonlySet<EventRow>): Promise<void> {
  if (rows.size === 0) return;
  const given = [...rows].map((row) => ({
    ...{ bucket: row.bucket, started_at: momentOf(row.startedAt), type: row.type, ...row.counts },
    ...{ attempt_ms: toJson(row.attemptMs), end_to_end_ms: toJson(row.endToEndMs) },
  }));
  await sql`
    insert into ${named('event_statistics')} as statistics
      (bucket, started_at, type, ${counts}, attempt_ms, end_to_end_ms)
    select bucket, started_at, type, ${counts}, attempt_ms, end_to_end_ms
    from json_to_recordset(${JSON.stringify(given)}::json) as given (
      bucket text, started_at timestamptz, type text, ${countTypes}, attempt_ms jsonb, end_to_end_ms jsonb
    )
    on conflict (bucket, started_at, type) do update set
      ${countsReplaced}, attempt_ms = excluded.attempt_ms, end_to_end_ms = excluded.end_to_end_ms`.execute(transaction);
}

async function keepFailureRows({ transaction, named }: SlotTransaction, rows: ReadonlySet<FailureRow>): Promise<void> {
  if (rows.size === 0) return;
  const given = [...rows].map(({ startedAt, ...row }) => ({ ...row, started_at: momentOf(startedAt) }));
  await sql`
    insert into ${named('failure_statistics')} as statistics (bucket, started_at, class, fingerprint, failures)
    select bucket, started_at, class, fingerprint, failures
    from json_to_recordset(${JSON.stringify(given)}::json) as given (
      bucket text, started_at timestamptz, class text, fingerprint text, failures bigint
    )
    on conflict (bucket, started_at, class, fingerprint) do update set failures = excluded.failures`.execute(
    transaction,
  );
}

/** Most events end within the batch in which they began, and come to no row. */
async function keepOpenEvents(
  { transaction, named }: SlotTransaction,
  changed: ReadonlyMap<string, OpenEvent | null>,
  openBefore: ReadonlyMap<string, OpenEvent>,
): Promise<void> {
  const open = [...changed].flatMap(([id, event]) =>
    event === null ? [] : [{ id, type: event.type, began_at: momentOf(event.beganAt) }],
  );
  const ended = [...changed].flatMap(([id, event]) => (event === null && openBefore.has(id) ? [id] : []));
  if (open.length > 0)
    await sql`
      insert into ${named('statistics_open_events')} as open_events (id, type, began_at)
      select id, type, began_at
      from json_to_recordset(${JSON.stringify(open)}::json) as given (id uuid, type text, began_at timestamptz)
      on conflict (id) do update set type = excluded.type, began_at = excluded.began_at`.execute(transaction);
  if (ended.length > 0)
    await sql`delete from ${named('statistics_open_events')} where id = any(${ended}::uuid[])`.execute(transaction);
}

/**
 * Keeps the latest buckets of each length, by number and not by age: one clock that is a year ahead would make all others
 * old. Which they are depends on what is in the log alone.
 */
async function deleteOldBuckets(
  { transaction, named }: SlotTransaction,
  buckets: ReadonlySet<BucketName>,
  { kept }: StatisticsLimits,
): Promise<void> {
  for (const bucket of buckets)
    await sql`
      with oldest as (
        select min(started_at) as started_at from (
          select distinct started_at from ${named('event_statistics')} as statistics
          where bucket = ${bucket} order by started_at desc limit ${kept[bucket]}
        ) as latest
      ), deleted as (
        delete from ${named('failure_statistics')} as statistics using oldest
        where bucket = ${bucket} and statistics.started_at < oldest.started_at
      )
      delete from ${named('event_statistics')} as statistics using oldest
      where bucket = ${bucket} and statistics.started_at < oldest.started_at`.execute(transaction);
}
