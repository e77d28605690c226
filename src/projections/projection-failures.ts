import type { Kysely } from 'kysely';
import type { RecordedTransition } from '../application/ports/event-log.ts';
import type { Database } from './database.ts';

export interface ProjectionFailure {
  readonly recorded: RecordedTransition;
  /** For an operator; without the transition's data. */
  readonly reason: string;
}

/** Once for each transition, however often it is met. @throws {ReadDatabaseUnavailable} */
export async function recordFailures(
  db: Kysely<Database>,
  { subscriber, failedAt }: { readonly subscriber: string; readonly failedAt: string },
  failures: readonly ProjectionFailure[],
): Promise<void> {
  if (failures.length === 0) return;
  const rows = failures.map(({ recorded, reason }) => ({
    subscriber,
    stream: recorded.stream,
    revision: recorded.revision.toString(),
    transition_id: recorded.id,
    type: recorded.type,
    reason,
    failed_at: failedAt,
  }));
  await db
    .insertInto('projection_failures')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
