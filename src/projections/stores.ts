import type { Kysely } from 'kysely';
import type { CheckpointStore } from '../application/ports/checkpoint-store.ts';
import type { DueWork } from '../application/ports/due-work.ts';
import type { KeyUses } from '../application/ports/key-uses.ts';
import type { Lease } from '../application/ports/leases.ts';
import { createKeyUses } from './api-key-uses.ts';
import { createCheckpointStore } from './checkpoints.ts';
import type { Database } from './database.ts';
import { createDueWork } from './due-work/queries.ts';
import { createPassedOver, type PassedOver } from './passed-over.ts';
import { createProjectionStore, type ProjectionStore } from './projection-store.ts';
import type { ReadModel } from './read-model.ts';

/** All that is asked of the read database, but for queries of clients. */
export interface Stores {
  readonly dueWork: DueWork;
  readonly keyUses: KeyUses;
  projection(readModel: ReadModel): ProjectionStore;
  passedOver(readModel: ReadModel): PassedOver;
  checkpoints(lease: Lease | null): CheckpointStore;
}

export const createStores = (db: Kysely<Database>): Stores => ({
  dueWork: createDueWork(db),
  keyUses: createKeyUses(db),
  projection: (readModel) => createProjectionStore(db, readModel),
  passedOver: (readModel) => createPassedOver(db, readModel),
  checkpoints: (lease) => createCheckpointStore(db, lease),
});
