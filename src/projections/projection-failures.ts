import { type Kysely, sql, type Transaction } from 'kysely';
import type { RecordedTransition } from '../application/ports/event-log.ts';
import type { Database } from './database.ts';

export interface ProjectionFailure {
  readonly recorded: RecordedTransition;
  /** For an operator; without the transition's data. */
  readonly reason: string;
}

interface Met {
  readonly subscriber: string;
  /** RFC 3339. */
  readonly failedAt: string;
}

/** Once for each transition, however often it is met. @throws {ReadDatabaseUnavailable} */
export async function recordFailures(
  db: Kysely<Database>,
  { subscriber, failedAt }: Met,
  failures: readonly ProjectionFailure[],
): Promise<void> {
  if (failures.length === 0) return;
  await db
    .insertInto('projection_failures')
    .values(failures.map(({ recorded, reason }) => rowOf(recorded, { reason, subscriber, failedAt })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** For streams whose row is not there: one entry for each, unless there is one. @throws {ReadDatabaseUnavailable} */
export async function recordMissingRows(
  db: Kysely<Database>,
  { subscriber, failedAt }: Met,
  recorded: readonly RecordedTransition[],
): Promise<void> {
  if (recorded.length === 0) return;
  const streams = recorded.map(({ stream }) => stream);
  const known = await db
    .selectFrom('projection_failures')
    .select('stream')
    .where('subscriber', '=', subscriber)
    .where('stream', '=', sql<string>`any(${streams}::text[])`)
    .execute();
  const isKnown = new Set(known.map(({ stream }) => stream));
  const failures = recorded
    .filter(({ stream }) => !isKnown.has(stream))
    .map((one) => ({ recorded: one, reason: 'Its row is missing' }));
  await recordFailures(db, { subscriber, failedAt }, failures);
}

/** When an event moves on, what was passed over of it is tried again at once. @throws {ReadDatabaseUnavailable} */
export async function hastenRetries(
  transaction: Transaction<Database>,
  subscriber: string,
  streams: readonly string[],
): Promise<void> {
  if (streams.length === 0) return;
  await transaction
    .updateTable('projection_failures')
    .set({ next_try_at: sql<string>`clock_timestamp()`, tries: 0 })
    .where('subscriber', '=', subscriber)
    .where('stream', '=', sql<string>`any(${streams}::text[])`)
    .execute();
}

export async function countFailures(db: Kysely<Database>, subscriber: string): Promise<number> {
  const { count } = await db
    .selectFrom('projection_failures')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('subscriber', '=', subscriber)
    .executeTakeFirstOrThrow();
  return Number(count);
}

const rowOf = (recorded: RecordedTransition, { reason, subscriber, failedAt }: Met & { readonly reason: string }) => ({
  subscriber,
  stream: recorded.stream,
  revision: recorded.revision.toString(),
  transition_id: recorded.id,
  type: recorded.type,
  reason,
  failed_at: failedAt,
});
