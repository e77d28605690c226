import type { Kysely } from 'kysely';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import type { Checkpoint, LogPosition, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import type { Database } from '../../../src/projections/database.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { createProjectionStore } from '../../../src/projections/projection-store.ts';
import { createProjector, type Projector, type ProjectorDependencies } from '../../../src/projections/projector.ts';
import type { ReadModel } from '../../../src/projections/read-model.ts';
import { manualClock } from '../api/manual-clock.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { sealedHistory } from '../sealed-history.ts';
import { silentLogger } from '../worker/silent-logger.ts';

/** The history of the event of that name, its idempotency key the name. */
export const historyOf = (
  name: string,
  history: readonly Transition[],
  envelope: Parameters<typeof sealedHistory>[2] = {},
): readonly RecordedTransition[] =>
  sealedHistory(
    history.map((transition) =>
      transition.type === 'EventReceived'
        ? { ...transition, data: { ...transition.data, idempotencyKey: name } }
        : transition,
    ),
    deriveUuid(name),
    envelope,
  );

/** A log of these transitions in this order. */
export const logOf = (transitions: readonly RecordedTransition[]): readonly RecordedTransition[] =>
  transitions.map((transition, index) => ({ ...transition, position: BigInt(index) as LogPosition }));

/** The place after so many transitions. */
export const checkpointAfter = (transitions: number) => String(transitions) as Checkpoint;

/** One that waits for nothing between batches. */
export const projectorOf = (
  readModel: ReadModel,
  db: Kysely<Database>,
  others: Partial<ProjectorDependencies> = {},
): Projector =>
  createProjector(readModel, {
    store: createProjectionStore(db, readModel),
    log: createInMemoryLog(),
    clock: manualClock(),
    logger: silentLogger,
    batching: { fullBatch: 0, intervalMs: 0 },
    ...others,
  });

export const projectorOn = (db: Kysely<Database>, others: Partial<ProjectorDependencies> = {}) =>
  projectorOf(events, db, others);
