import type { Kysely } from 'kysely';
import type { CheckpointStore } from '../application/ports/checkpoint-store.ts';
import type { DueWork } from '../application/ports/due-work.ts';
import type { KeyUses } from '../application/ports/key-uses.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { PlanRows } from '../application/ports/plan-rows.ts';
import { createKeyUses } from './api-key-uses.ts';
import { createCheckpointStore } from './checkpoints.ts';
import type { Database } from './database.ts';
import { createDueWork } from './due-work/queries.ts';
import { createPassedOver, type PassedOver } from './passed-over.ts';
import { createProjectionStore, type ProjectionStore } from './projection-store.ts';
import type { ReadModel } from './read-model.ts';
import { type Copies, createCopies, type ForLong } from './rebuild/copies.ts';
import { type LentConnections, lendConnections } from './rebuild/lend-connections.ts';
import { type ReportedProgress, reportProgress } from './rebuild/report-progress.ts';
import { createPlanRows } from './replay-plans/plan-rows.ts';
import type { Slot } from './slots.ts';

interface Rebuilds {
  copies(projection: string): Copies;
  /** For a thread that fills a copy. */
  connections(): LentConnections;
  /** @throws {ReadDatabaseUnavailable} */
  report(projection: string, progress: ReportedProgress): Promise<void>;
}

/** All that is asked of the read database, but for queries of clients. */
export interface Stores {
  readonly dueWork: DueWork;
  readonly keyUses: KeyUses;
  readonly planRows: PlanRows;
  /** In the copy that is read by default. */
  projection(readModel: ReadModel, slot?: Slot): ProjectionStore;
  passedOver(readModel: ReadModel, slot?: Slot): PassedOver;
  /** `null` where read models cannot be rebuilt beside themselves. */
  readonly rebuilds: Rebuilds | null;
  checkpoints(lease: Lease | null): CheckpointStore;
}

/** @param forLong gives no statement up for the time that it takes; needed where `db` does. */
export const createStores = (db: Kysely<Database>, forLong: ForLong = (work) => work(db)): Stores => ({
  dueWork: createDueWork(db),
  keyUses: createKeyUses(db),
  planRows: createPlanRows(db),
  projection: (readModel, slot) => createProjectionStore(db, readModel, slot),
  passedOver: (readModel, slot) => createPassedOver(db, readModel, slot),
  checkpoints: (lease) => createCheckpointStore(db, lease),
  rebuilds: {
    copies: (projection) => createCopies(db, projection, forLong),
    connections: () => lendConnections(db),
    report: (projection, progress) => reportProgress(db, projection, progress),
  },
});
