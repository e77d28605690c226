import { sql } from 'kysely';
import type { ReadDatabase } from '../database.ts';

export interface WaitingEvents {
  /** By type, of events that are received or wait for a retry. */
  readonly byType: ReadonlyMap<string, number>;
  /** Whether all of them were counted. */
  readonly isComplete: boolean;
}

/** Events whose next attempt has not begun, as far as so many can be counted. @throws {ReadDatabaseUnavailable} */
export async function countWaiting(db: ReadDatabase, mostCounted: number): Promise<WaitingEvents> {
  const some = sql<{ type: string }>`(
    select type from events where status in ('RECEIVED', 'FAILED') limit ${mostCounted}::bigint
  )`;
  const rows = await db
    .selectFrom(some.as('waiting'))
    .select(['type', sql<string>`count(*)`.as('count')])
    .groupBy('type')
    .execute();
  const byType = new Map(rows.map(({ type, count }) => [type, Number(count)]));
  const all = [...byType.values()].reduce((sum, count) => sum + count, 0);
  return { byType, isComplete: all < mostCounted };
}
