import { sql } from 'kysely';
import type { z } from 'zod';
import { transitionSchemas } from '../../domain/failure-group/transitions.ts';
import type { ReadDatabase } from '../database.ts';
import { utcText } from '../utc-text.ts';

/** An explanation as it is in the log, and when it was given. */
export type ExplanationView = z.infer<typeof transitionSchemas.FailureExplained> & {
  readonly groupId: string;
  readonly createdAt: string;
};

/** A failed attempt, and the groups that its failure is of: those that say more about it come first. */
export interface FailedAttempt {
  readonly eventId: string;
  readonly eventRevision: number;
  readonly groupIds: readonly string[];
}

/**
 * The explanations that are shown for failed attempts of events, by the event's id: the one that was given for this very attempt,
 * else the latest of the first of its groups that has one. Those that have none are left out. @throws {ReadDatabaseUnavailable}
 */
export async function findExplanations(
  db: ReadDatabase,
  attempts: readonly FailedAttempt[],
): Promise<ReadonlyMap<string, ExplanationView>> {
  const [ofEvents, ofGroups] = await Promise.all([
    latestOf(db, 'event_id', [...new Set(attempts.map(({ eventId }) => eventId))]),
    latestOf(db, 'group_id', [...new Set(attempts.flatMap(({ groupIds }) => groupIds))]),
  ]);
  const found = new Map<string, ExplanationView>();
  for (const { eventId, eventRevision, groupIds } of attempts) {
    const own = ofEvents.find((each) => each.eventId === eventId && each.eventRevision === eventRevision);
    const of = own ?? groupIds.map((id) => ofGroups.find(({ groupId }) => groupId === id)).find((each) => each);
    if (of !== undefined) found.set(eventId, of);
  }
  return found;
}

async function latestOf(
  db: ReadDatabase,
  column: 'event_id' | 'group_id',
  ids: readonly string[],
): Promise<readonly ExplanationView[]> {
  if (ids.length === 0) return [];
  const rows = sql<Row>`(
    select latest.* from unnest(${ids}::uuid[]) as wanted (id)
    cross join lateral (
      select group_id, explanation, ${utcText('at')} from explanations
      where ${sql.ref(column)} = wanted.id order by position desc limit 1
    ) as latest
  )`;
  return (await db.selectFrom(rows.as('latest')).selectAll().execute()).map(viewOf);
}

/** The latest explanation of these groups; `null` as long as there is none. @throws {ReadDatabaseUnavailable} */
export async function findExplanationOfGroups(
  db: ReadDatabase,
  groupIds: readonly string[],
): Promise<ExplanationView | null> {
  const row = await db
    .selectFrom('explanations')
    .select(['group_id', 'explanation'])
    .select(utcText('at'))
    .where('group_id', 'in', groupIds)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : viewOf(row);
}

interface Row {
  readonly group_id: string;
  readonly explanation: string;
  readonly at: string;
}

/** The latest explanation of each of the groups with those that are merged into it, by its id. @throws {ReadDatabaseUnavailable} */
export async function findExplanationsOfRoots(
  db: ReadDatabase,
  rootIds: readonly string[],
): Promise<ReadonlyMap<string, ExplanationView>> {
  const rows = await db
    .selectFrom('explanations')
    .innerJoin('failure_groups', 'failure_groups.id', 'explanations.group_id')
    .distinctOn('root_id')
    .select(['root_id', 'group_id', 'explanation'])
    .select(utcText('at'))
    .where('root_id', 'in', rootIds)
    .orderBy('root_id')
    .orderBy('position', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.root_id, viewOf(row)]));
}

const viewOf = (row: Row): ExplanationView => ({
  ...transitionSchemas.FailureExplained.parse(JSON.parse(row.explanation)),
  ...{ groupId: row.group_id, createdAt: row.at },
});
