import { afterAll, beforeAll } from 'vitest';
import type { EmbeddedReadDatabase } from '../../../src/adapters/postgres/open-embedded-read-database.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import {
  type Database,
  type ReadDatabase,
  readOnly,
  type WritableDatabase,
} from '../../../src/projections/database.ts';
import { readModels } from '../../../src/projections/index.ts';
import { createProjectionStore } from '../../../src/projections/projection-store.ts';
import { createProjector } from '../../../src/projections/projector.ts';
import type { ReadModel } from '../../../src/projections/read-model.ts';
import { folderWithReadTables, openReadTables } from '../read-database/embedded.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import { manualClock } from './manual-clock.ts';

export interface ReadTables {
  readonly readDatabase: () => ReadDatabase;
  /** The same, to be written to. */
  readonly db: () => WritableDatabase;
  /** The rows contain the whole log when this resolves. */
  project(log: EventLog): Promise<void>;
}

/** Real read tables for the tests of one file, which share them: opening them takes a while. */
export function readTablesOfThisFile(): ReadTables {
  let opened: EmbeddedReadDatabase<Database> | null = null;
  beforeAll(async () => {
    opened = await openReadTables(await folderWithReadTables());
  });
  afterAll(() => opened?.close());
  const db = () => {
    if (opened === null) throw new Error('The read tables are not open outside a test');
    return opened.db;
  };
  return {
    db,
    readDatabase: () => readOnly(db()),
    project: (log) => projectInto(db(), log),
  };
}

/** Everything that is in the log, into these tables. */
export async function projectInto(db: WritableDatabase, log: EventLog): Promise<void> {
  for (const readModel of readModels) await projectOne(db, readModel, log);
}

async function projectOne(db: WritableDatabase, readModel: ReadModel, log: EventLog): Promise<void> {
  const batching = { fullBatch: 1, intervalMs: 0 };
  const store = createProjectionStore(db, readModel);
  const projector = createProjector(readModel, { store, log, clock: manualClock(), logger: silentLogger, batching });
  await projector.load();
  for await (const message of log.subscribeAll(null)) {
    if (message.kind === 'caught-up') return;
    await projector.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
  }
}
