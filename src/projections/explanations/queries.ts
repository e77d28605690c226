import type { z } from 'zod';
import { transitionSchemas } from '../../domain/failure-group/transitions.ts';
import type { ReadDatabase } from '../database.ts';
import { utcText } from '../utc-text.ts';

/** An explanation as it is in the log, and when it was given. */
export type ExplanationView = z.infer<typeof transitionSchemas.FailureExplained> & {
  readonly groupId: string;
  readonly createdAt: string;
};

/**
 * The explanation that is shown for an event: the latest that was given for this very event, else the latest of its groups.
 * `null` as long as there is none. @throws {ReadDatabaseUnavailable}
 */
export async function findExplanation(
  db: ReadDatabase,
  { eventId, groupIds }: { readonly eventId: string; readonly groupIds: readonly string[] },
): Promise<ExplanationView | null> {
  const own = await latest(db).where('event_id', '=', eventId).executeTakeFirst();
  return own === undefined ? findExplanationOfGroups(db, groupIds) : viewOf(own);
}

/** The latest explanation of these groups; `null` as long as there is none. @throws {ReadDatabaseUnavailable} */
export async function findExplanationOfGroups(
  db: ReadDatabase,
  groupIds: readonly string[],
): Promise<ExplanationView | null> {
  const row = await latest(db).where('group_id', 'in', groupIds).executeTakeFirst();
  return row === undefined ? null : viewOf(row);
}

const latest = (db: ReadDatabase) =>
  db
    .selectFrom('explanations')
    .select(['group_id', 'explanation'])
    .select(utcText('at'))
    .orderBy('position', 'desc')
    .limit(1);

const viewOf = (row: {
  readonly group_id: string;
  readonly explanation: string;
  readonly at: string;
}): ExplanationView => ({
  ...transitionSchemas.FailureExplained.parse(JSON.parse(row.explanation)),
  ...{ groupId: row.group_id, createdAt: row.at },
});
