import { sql } from 'kysely';
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
import { discardRows } from '../../../src/projections/own-tables.ts';
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
  project(log: EventLog, maxBatch?: number): Promise<void>;
}

/** Those of a file can be begun with from nothing. */
interface OwnReadTables extends ReadTables {
  /** The rows of these read models alone contain the whole log when this resolves. */
  projectOnly(some: readonly ReadModel[], log: EventLog): Promise<void>;
  /** All rows are gone, and so are the checkpoints: what is projected next is another log. */
  discard(): Promise<void>;
  /** The next projection begins at the beginning of the log, with the rows as they are. */
  forgetCheckpoint(subscriber: string): Promise<void>;
  /** Every row of these tables, in an order that says nothing. */
  contentsOf(tables: readonly string[]): Promise<unknown>;
}

/** Real read tables for the tests of one file, which share them: opening them takes a while. */
export function readTablesOfThisFile(): OwnReadTables {
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
    project: (log, maxBatch) => projectInto(db(), log, maxBatch),
    projectOnly: async (some, log) => {
      for (const readModel of some) await projectOne(db(), readModel, log, 1_000);
    },
    discard: async () => {
      for (const readModel of readModels) {
        await createProjectionStore(db(), readModel).load();
        await discardRows(db(), readModel);
      }
    },
    forgetCheckpoint: async (subscriber) => {
      await db().deleteFrom('checkpoints').where('subscriber', '=', `projection:${subscriber}`).execute();
    },
    contentsOf: async (tables) => {
      const all: Record<string, unknown> = {};
      for (const table of tables) {
        const { rows } = await sql<{ row: string }>`select to_json(t)::text as row from ${sql.id(table)} as t`.execute(
          db(),
        );
        all[table] = rows.map(({ row }) => row).toSorted();
      }
      return all;
    },
  };
}

/** Everything that is in the log, into these tables. */
export async function projectInto(db: WritableDatabase, log: EventLog, maxBatch = 1_000): Promise<void> {
  for (const readModel of readModels) await projectOne(db, readModel, log, maxBatch);
}

async function projectOne(db: WritableDatabase, readModel: ReadModel, log: EventLog, maxBatch: number): Promise<void> {
  const batching = { fullBatch: 1, intervalMs: 0 };
  const store = createProjectionStore(db, readModel);
  const projector = createProjector(readModel, { store, log, clock: manualClock(), logger: silentLogger, batching });
  await projector.load();
  for await (const message of log.subscribeAll(null, { streamPrefixes: readModel.streamPrefixes, maxBatch })) {
    if (message.kind === 'caught-up') return;
    await projector.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
  }
}
