import type { Kysely } from 'kysely';
import type { Checkpoint } from '../application/ports/event-log.ts';
import type { Lease } from '../application/ports/leases.ts';
import { loadCheckpoint, moveCheckpoint } from './checkpoints.ts';
import type { Database } from './database.ts';
import { requireLease } from './leases.ts';
import { createMissingTables } from './own-tables.ts';
import {
  countFailures,
  hastenRetries,
  type ProjectionFailure,
  recordFailures,
  recordMissingRows,
} from './projection-failures.ts';
import { isCaughtUp, markBehind, markCaughtUp, projectionNameOf } from './projection-states.ts';
import type { DecodedTransition, ReadModel } from './read-model.ts';
import { namedIn, type Slot } from './slots.ts';

export interface ProjectedBatch {
  /** In the log's order. */
  readonly decoded: readonly DecodedTransition<unknown>[];
  /** What was passed over on the way. */
  readonly failures: readonly ProjectionFailure[];
  /** RFC 3339; when the failures were met. */
  readonly failedAt: string;
  /** Where the batch begins and ends; `null` when the checkpoint is to stay, because more of the batch is to come. */
  readonly checkpoint: { readonly from: Checkpoint | null; readonly to: Checkpoint } | null;
  /** See {@link WriteOptions}. */
  readonly isTextOnly?: boolean;
  /** Under which to write, where several processes share the read database. */
  readonly lease: Lease | null;
}

/** Where one read model's rows are kept, together with the position in the log that they are of. */
export interface ProjectionStore {
  /**
   * `null` before the first batch, and when its tables were missing: they are created then.
   * @param lease under which to create them, where several processes share the read database.
   * @throws {ReadDatabaseUnavailable} @throws {ConcurrencyConflict} the lease was taken over.
   */
  load(lease?: Lease | null): Promise<Checkpoint | null>;
  /**
   * All of it or nothing. To write the same transitions twice changes nothing.
   * @throws {ReadDatabaseUnavailable} written or not is unknown.
   * @throws {ReadDatabaseRefused} one of the values cannot be kept.
   * @throws {ConcurrencyConflict} the checkpoint is elsewhere, or the lease was taken over.
   */
  commit(batch: ProjectedBatch): Promise<void>;
  /** What was remembered last; `false` at first. @throws {ReadDatabaseUnavailable} */
  isCaughtUp(): Promise<boolean>;
  /** The rows may lack some of what is in the log. @throws {ReadDatabaseUnavailable} */
  markBehind(): Promise<void>;
  /**
   * The rows, which are of `at`, hold all that was in the log when the projector began.
   * @throws {ConcurrencyConflict} they are of another checkpoint by now; nothing was changed.
   * @throws {ReadDatabaseUnavailable}
   */
  markCaughtUp(at: Checkpoint | null): Promise<void>;
}

export function createProjectionStore(db: Kysely<Database>, readModel: ReadModel, slot: Slot = null): ProjectionStore {
  const subscriber = projectionNameOf(readModel, slot);
  const named = namedIn(slot);
  /** Asked again with each load; until it is known, it may be. */
  let hasPassedOver = true;
  return {
    async load(lease = null) {
      await createMissingTables(db, readModel, { slot, lease });
      hasPassedOver = (await countFailures(db, subscriber)) > 0;
      return loadCheckpoint(db, subscriber);
    },
    isCaughtUp: () => isCaughtUp(db, subscriber),
    markBehind: () => markBehind(db, subscriber),
    markCaughtUp: (at) => markCaughtUp(db, subscriber, at),
    commit: ({ decoded, failures, failedAt, checkpoint, lease, isTextOnly = false }) =>
      db.transaction().execute(async (transaction) => {
        // First, because its row keeps a second projector waiting until the first one has ended.
        if (checkpoint !== null) await moveCheckpoint(transaction, subscriber, { ...checkpoint, epoch: lease?.epoch });
        const missing = new Set(await readModel.write({ transaction, named }, decoded, { isTextOnly }));
        if (hasPassedOver) await hastenRetries(transaction, subscriber, streamsOf(decoded));
        if (missing.size > 0 || failures.length > 0) hasPassedOver = true;
        await recordFailures(transaction, { subscriber, failedAt }, failures);
        const ofMissing = lastOfEach(decoded).filter(({ stream }) => missing.has(stream));
        await recordMissingRows(transaction, { subscriber, failedAt }, ofMissing);
        // Last, because until the end of the transaction the lease can be neither prolonged nor taken over.
        if (lease !== null) await requireLease(transaction, lease);
      }),
  };
}

const lastOfEach = (decoded: readonly DecodedTransition<unknown>[]) => [
  ...new Map(decoded.map(({ recorded }) => [recorded.stream, recorded])).values(),
];
const streamsOf = (decoded: readonly DecodedTransition<unknown>[]) => lastOfEach(decoded).map(({ stream }) => stream);
