import type { Kysely } from 'kysely';
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
export async function setCaughtUp(db: Kysely<Database>, readModel: Named, is_caught_up: boolean): Promise<void> {
  await db
    .insertInto('projection_states')
    .values({ subscriber: projectionNameOf(readModel), is_caught_up })
    .onConflict((conflict) => conflict.column('subscriber').doUpdateSet({ is_caught_up }))
    .execute();
}
