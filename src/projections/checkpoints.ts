import type { Kysely, Transaction } from 'kysely';
import { ConcurrencyConflict } from '../application/failures.ts';
import type { CheckpointStore } from '../application/ports/checkpoint-store.ts';
import type { Checkpoint } from '../application/ports/event-log.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { Database } from './database.ts';
import { requireLease } from './leases.ts';

/**
 * Checkpoints of subscribers whose effects are elsewhere. Under a lease, an owner that was superseded stores none.
 * @throws {ConcurrencyConflict} from `save`.
 */
export const createCheckpointStore = (db: Kysely<Database>, lease: Lease | null = null): CheckpointStore => ({
  load: (subscriber) => loadCheckpoint(db, subscriber),
  save: (subscriber, checkpoint) =>
    db.transaction().execute(async (transaction) => {
      const changes = { checkpoint, epoch: epochOf(lease?.epoch) };
      await transaction
        .insertInto('checkpoints')
        .values({ subscriber, ...changes })
        .onConflict((conflict) => conflict.column('subscriber').doUpdateSet(changes))
        .execute();
      if (lease !== null) await requireLease(transaction, lease);
    }),
});

/** 0 where no lease is needed. */
const epochOf = (epoch: bigint | undefined) => (epoch ?? 0n).toString();

export async function loadCheckpoint(db: Kysely<Database>, subscriber: string): Promise<Checkpoint | null> {
  const row = await db
    .selectFrom('checkpoints')
    .select('checkpoint')
    .where('subscriber', '=', subscriber)
    .executeTakeFirst();
  return (row?.checkpoint ?? null) as Checkpoint | null;
}

/** How far each subscriber has come. @throws {ReadDatabaseUnavailable} */
export async function loadCheckpoints(db: Kysely<Database>): Promise<ReadonlyMap<string, Checkpoint>> {
  const stored = await db.selectFrom('checkpoints').select(['subscriber', 'checkpoint']).execute();
  return new Map(stored.map(({ subscriber, checkpoint }) => [subscriber, checkpoint as Checkpoint]));
}

/**
 * Moves a checkpoint in the transaction of what it stands for, if it is still at `from`: of two that follow the log for
 * the same rows one goes on, and rows that were thrown away are not taken for complete.
 * @throws {ConcurrencyConflict} when it is not.
 */
export async function moveCheckpoint(
  transaction: Transaction<Database>,
  subscriber: string,
  {
    from,
    to,
    epoch,
  }: { readonly from: Checkpoint | null; readonly to: Checkpoint; readonly epoch?: bigint | undefined },
): Promise<void> {
  const changes = { checkpoint: to, epoch: epochOf(epoch) };
  const change =
    from === null
      ? transaction
          .insertInto('checkpoints')
          .values({ subscriber, ...changes })
          .onConflict((conflict) => conflict.doNothing())
          .returning('subscriber')
      : transaction
          .updateTable('checkpoints')
          .set(changes)
          .where('subscriber', '=', subscriber)
          .where('checkpoint', '=', from)
          .returning('subscriber');
  if ((await change.execute()).length === 0) throw checkpointMoved(subscriber);
}

export const checkpointMoved = (subscriber: string) =>
  new ConcurrencyConflict(`The checkpoint of ${subscriber} is no longer where it was read; read it again`);
