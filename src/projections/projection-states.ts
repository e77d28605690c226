import { type Kysely, sql } from 'kysely';
import type { Checkpoint } from '../application/ports/event-log.ts';
import { checkpointMoved } from './checkpoints.ts';
import type { Database } from './database.ts';
import type { ReadModel } from './read-model.ts';

type Named = Pick<ReadModel, 'name'>;

/** How a read model's projection is called, in checkpoints, leases and health. */
export const projectionNameOf = ({ name }: Named) => `projection:${name}`;

/** Whether its projector has been at the end of the log since it last began. @throws {ReadDatabaseUnavailable} */
export async function isCaughtUp(db: Kysely<Database>, readModel: Named): Promise<boolean> {
  const row = await db
    .selectFrom('projection_states')
    .select('is_caught_up')
    .where('subscriber', '=', projectionNameOf(readModel))
    .executeTakeFirst();
  return row?.is_caught_up ?? false;
}

/** @throws {ReadDatabaseUnavailable} */
export async function markBehind(db: Kysely<Database>, readModel: Named): Promise<void> {
  await db
    .insertInto('projection_states')
    .values({ subscriber: projectionNameOf(readModel), is_caught_up: false })
    .onConflict((conflict) => conflict.column('subscriber').doUpdateSet({ is_caught_up: false }))
    .execute();
}

/**
 * Only while the rows are those of checkpoint `at`: tables that were emptied or put back meanwhile are not complete.
 * @throws {ConcurrencyConflict} when they are not. @throws {ReadDatabaseUnavailable}
 */
export async function markCaughtUp(db: Kysely<Database>, readModel: Named, at: Checkpoint | null): Promise<void> {
  const subscriber = projectionNameOf(readModel);
  const { rows } = await sql`
    insert into projection_states (subscriber, is_caught_up)
    select ${subscriber}::text, true
    where (select checkpoint from checkpoints where subscriber = ${subscriber}) is not distinct from ${at}::text
    on conflict (subscriber) do update set is_caught_up = true
    returning subscriber`.execute(db);
  if (rows.length === 0) throw checkpointMoved(subscriber);
}
