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
  const latest = () =>
    db
      .selectFrom('explanations')
      .select(['group_id', 'explanation'])
      .select(utcText('at'))
      .orderBy('position', 'desc')
      .limit(1);
  const own = await latest().where('event_id', '=', eventId).executeTakeFirst();
  const row =
    own ?? (groupIds.length === 0 ? null : await latest().where('group_id', 'in', groupIds).executeTakeFirst());
  if (row === null || row === undefined) return null;
  const explanation = transitionSchemas.FailureExplained.parse(JSON.parse(row.explanation));
  return { ...explanation, groupId: row.group_id, createdAt: row.at };
}
