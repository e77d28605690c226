import type { Kysely, Transaction } from 'kysely';
import { ConcurrencyConflict } from '../application/failures.ts';
import type { CheckpointStore } from '../application/ports/checkpoint-store.ts';
import type { Checkpoint } from '../application/ports/event-log.ts';
import type { Database } from './database.ts';

/** Checkpoints of subscribers whose effects are elsewhere. */
export const createCheckpointStore = (db: Kysely<Database>): CheckpointStore => ({
  load: (subscriber) => loadCheckpoint(db, subscriber),
  async save(subscriber, checkpoint) {
    await db
      .insertInto('checkpoints')
      .values({ subscriber, checkpoint })
      .onConflict((conflict) => conflict.column('subscriber').doUpdateSet({ checkpoint }))
      .execute();
  },
});

export async function loadCheckpoint(db: Kysely<Database>, subscriber: string): Promise<Checkpoint | null> {
  const row = await db
    .selectFrom('checkpoints')
    .select('checkpoint')
    .where('subscriber', '=', subscriber)
    .executeTakeFirst();
  return (row?.checkpoint ?? null) as Checkpoint | null;
}

/**
 * Moves a checkpoint in the transaction of what it stands for, if it is still at `from`: of two that follow the log for
 * the same rows one goes on, and rows that were thrown away are not taken for complete.
 * @throws {ConcurrencyConflict} when it is not.
 */
export async function moveCheckpoint(
  transaction: Transaction<Database>,
  subscriber: string,
  { from, to }: { readonly from: Checkpoint | null; readonly to: Checkpoint },
): Promise<void> {
  const change =
    from === null
      ? transaction
          .insertInto('checkpoints')
          .values({ subscriber, checkpoint: to })
          .onConflict((conflict) => conflict.doNothing())
          .returning('subscriber')
      : transaction
          .updateTable('checkpoints')
          .set({ checkpoint: to })
          .where('subscriber', '=', subscriber)
          .where('checkpoint', '=', from)
          .returning('subscriber');
  if ((await change.execute()).length === 0)
    throw new ConcurrencyConflict(`The checkpoint of ${subscriber} is no longer where it was read; read it again`);
}
