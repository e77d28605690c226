import type { Kysely } from 'kysely';
import type { CheckpointStore } from '../application/ports/checkpoint-store.ts';
import type { Checkpoint } from '../application/ports/event-log.ts';
import type { Database } from './database.ts';

/** Checkpoints in the read database. Given a transaction, they are stored with the rows that it writes, or not at all. */
export const createCheckpointStore = (db: Kysely<Database>): CheckpointStore => ({
  async load(subscriber) {
    const row = await db
      .selectFrom('checkpoints')
      .select('checkpoint')
      .where('subscriber', '=', subscriber)
      .executeTakeFirst();
    return (row?.checkpoint ?? null) as Checkpoint | null;
  },
  async save(subscriber, checkpoint) {
    await db
      .insertInto('checkpoints')
      .values({ subscriber, checkpoint })
      .onConflict((conflict) => conflict.column('subscriber').doUpdateSet({ checkpoint }))
      .execute();
  },
});
