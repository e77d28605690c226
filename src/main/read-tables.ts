import { join } from 'node:path';
import { systemChance } from '../adapters/system/chance.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { CheckpointRefused, LogUnavailable, ReadDatabaseUnfit } from '../application/failures.ts';
import type { Checkpoint, EventLog } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Database, WritableDatabase } from '../projections/database.ts';
import { CannotStart } from './cannot-start.ts';

const ASK_LOG_EVERY_MS = 1_000;

/** In the data folder. A cache of this log: rows of another log, or of a later moment of it, are built again. */
export async function openEmbeddedReadTables(dataFolder: string, log: EventLog, logger: Logger) {
  const { openEmbeddedReadDatabase } = await import('../adapters/postgres/open-embedded-read-database.ts');
  const readDatabase = await openEmbeddedReadDatabase<Database>({ folder: join(dataFolder, 'read-tables'), logger });
  try {
    await onceLogAnswers(() => verifyCheckpoints(log, readDatabase.db));
  } catch (error) {
    if (!(error instanceof CheckpointRefused)) throw error;
    await readDatabase.recreate(error.message);
  }
  return { ...readDatabase, trouble: () => null };
}

/**
 * In PostgreSQL. Others may use them, and rebuilding may take long, so rows that do not belong to this log are an
 * operator's to judge.
 * @throws {CannotStart} for such rows, and for a database that cannot hold every row.
 */
export async function openSharedReadTables(url: string, log: EventLog, logger: Logger) {
  const { openPostgresReadDatabase } = await import('../adapters/postgres/open-postgres-read-database.ts');
  try {
    return await openPostgresReadDatabase<Database>({
      url,
      clock: systemClock,
      chance: systemChance,
      logger,
      verify: (db) => verifyCheckpoints(log, db),
    });
  } catch (error) {
    if (error instanceof ReadDatabaseUnfit) throw new CannotStart(error.message, { cause: error });
    if (!(error instanceof CheckpointRefused)) throw error;
    throw new CannotStart(
      `The read tables in DATABASE_URL do not belong to this log: ${error.message}
Nothing was changed. If the log is the wrong one, mend EVENTSTORE_URL. If it is the right one, have the rows built again:
give DATABASE_URL a new, empty database and start again (docs/full-profile.md). The old one stays as it is.`,
      { cause: error },
    );
  }
}

/** @throws {CheckpointRefused} for the first that is no place in this log. @throws {LogUnavailable} */
async function verifyCheckpoints(log: EventLog, db: WritableDatabase): Promise<void> {
  const stored = await db.selectFrom('checkpoints').select('checkpoint').execute();
  for (const { checkpoint } of stored) await log.verifyCheckpoint(checkpoint as Checkpoint);
}

async function onceLogAnswers(act: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
    await systemClock.sleep(ASK_LOG_EVERY_MS);
  }
}
