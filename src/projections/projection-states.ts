import { type Kysely, sql } from 'kysely';
import type { Checkpoint } from '../application/ports/event-log.ts';
import { checkpointMoved } from './checkpoints.ts';
import type { Database } from './database.ts';
import type { ReadModel } from './read-model.ts';
import type { Slot } from './slots.ts';

/** How the projection into one slot of a read model is called, in checkpoints, leases and health. */
export const projectionNameOf = ({ name }: Pick<ReadModel, 'name'>, slot: Slot = null) =>
  `projection:${name}${slot === null ? '' : `@${slot}`}`;

/** Whether its projector has been at the end of the log since it last began. @throws {ReadDatabaseUnavailable} */
export async function isCaughtUp(db: Kysely<Database>, subscriber: string): Promise<boolean> {
  const row = await db
    .selectFrom('projection_states')
    .select('is_caught_up')
    .where('subscriber', '=', subscriber)
    .executeTakeFirst();
  return row?.is_caught_up ?? false;
}

/** @throws {ReadDatabaseUnavailable} */
export async function markBehind(db: Kysely<Database>, subscriber: string): Promise<void> {
  await db
    .insertInto('projection_states')
    .values({ subscriber, is_caught_up: false })
    .onConflict((conflict) => conflict.column('subscriber').doUpdateSet({ is_caught_up: false }))
    .execute();
}

/**
 * Only while the rows are those of checkpoint `at`: tables that were emptied or put back meanwhile are not complete.
 * @throws {ConcurrencyConflict} when they are not. @throws {ReadDatabaseUnavailable}
 */
export async function markCaughtUp(db: Kysely<Database>, subscriber: string, at: Checkpoint | null): Promise<void> {
  const { rows } = await sql`
    insert into projection_states (subscriber, is_caught_up)
    select ${subscriber}::text, true
    where (select checkpoint from checkpoints where subscriber = ${subscriber}) is not distinct from ${at}::text
    on conflict (subscriber) do update set is_caught_up = true
    returning subscriber`.execute(db);
  if (rows.length === 0) throw checkpointMoved(subscriber);
}
