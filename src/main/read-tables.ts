import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../adapters/system/clock.ts';
import { systemRandom } from '../adapters/system/random.ts';
import { COMMAND } from '../application/command-name.ts';
import { CheckpointRefused, ReadDatabaseUnfit } from '../application/failures.ts';
import { timestamp } from '../application/ports/clock.ts';
import { type Checkpoint, type EventLog, revision } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Database, WritableDatabase } from '../projections/database.ts';
import { CannotStart } from './cannot-start.ts';
import { lostEvents } from './lost-events.ts';
import type { ReadTables } from './parts.ts';
import { verifyAll, watchCheckpoints } from './watch-checkpoints.ts';

interface OpenedDatabase {
  readonly db: WritableDatabase;
  unhealthyReason(): string | null;
  close(): Promise<void>;
}

export const readTablesOf = (dataFolder: string) => join(dataFolder, 'read-tables');

interface Embedded {
  readonly dataFolder: string;
  readonly log: EventLog;
  /** The position up to which an operator accepted that transitions are missing from the log. */
  readonly acceptLossUpTo: number | null;
  readonly logger: Logger;
}

/**
 * In the data folder. Rows of another log, or of a later moment of it, are evidence of what the log has lost: they are
 * kept, and only an operator's word puts them aside, where they stay.
 * @throws {CannotStart} for such rows.
 */
export async function openEmbeddedReadTables({ dataFolder, log, acceptLossUpTo, logger }: Embedded) {
  const folder = readTablesOf(dataFolder);
  const { openEmbeddedReadDatabase } = await import('../adapters/postgres/open-embedded-read-database.ts');
  const open = () => openEmbeddedReadDatabase<Database>({ folder, logger, verify: (db) => verifyRows(log, db) });
  try {
    return watched(await open(), log, logger);
  } catch (error) {
    if (!(error instanceof CheckpointRefused)) throw error;
    const lostUpTo = error.position ?? 0n;
    if (acceptLossUpTo === null || lostUpTo > BigInt(acceptLossUpTo)) throw lostBehindRows(folder, error, lostUpTo);
    const keptIn = join(dataFolder, `read-tables.kept-${timestamp(systemClock.now()).replaceAll(/[:.]/g, '-')}`);
    await rename(folder, keptIn);
    logger.warn({ keptIn, reason: error.message }, 'the read tables are kept aside, as was accepted, and rebuilt');
  }
  return watched(await open(), log, logger);
}

const lostBehindRows = (folder: string, cause: CheckpointRefused, lostUpTo: bigint) =>
  new CannotStart(
    `The read tables in ${folder} have seen more than the log has: ${cause.message}.
Nothing was changed. If the log is the wrong one or an older copy, put the right one back. To go on with this one, keep
the rows aside and have them rebuilt: ${COMMAND} start --accept-lost-transitions ${lostUpTo}`,
    { cause },
  );

/**
 * In PostgreSQL. Others may use them, and rebuilding may take long, so rows that do not belong to this log are an
 * operator's to judge.
 * @throws {CannotStart} for such rows, and for a database that cannot hold every row.
 */
export async function openSharedReadTables(url: string, log: EventLog, logger: Logger) {
  const { openPostgresReadDatabase } = await import('../adapters/postgres/open-postgres-read-database.ts');
  try {
    const readDatabase = await openPostgresReadDatabase<Database>({
      url,
      clock: systemClock,
      random: systemRandom,
      logger,
      verify: (db) => verifyRows(log, db),
    });
    return watched(readDatabase, log, logger);
  } catch (error) {
    if (error instanceof ReadDatabaseUnfit) throw new CannotStart(error.message, { cause: error });
    if (!(error instanceof CheckpointRefused)) throw error;
    throw new CannotStart(
      `The read tables in DATABASE_URL do not belong to this log: ${error.message}
Nothing was changed. If the log is the wrong one, correct EVENTSTORE_URL. If it is the right one, have the rows rebuilt:
give DATABASE_URL a new, empty database and start again (docs/full-profile.md). The old one stays as it is.`,
      { cause: error },
    );
  }
}

function watched(
  { db, unhealthyReason, close }: OpenedDatabase,
  log: EventLog,
  logger: Logger,
): ReadTables & OpenedDatabase {
  const watch = watchCheckpoints({ ...rowsOf(log, db), clock: systemClock, logger });
  return {
    db,
    unhealthyReason: () => unhealthyReason() ?? watch.unhealthyReason(),
    mismatch: watch.unhealthyReason,
    async close() {
      await watch.stop();
      await close();
    },
  };
}

/** @throws {CheckpointRefused} naming what the log lacks, as far as the rows show it. */
async function verifyRows(log: EventLog, db: WritableDatabase): Promise<void> {
  try {
    await verifyAll(rowsOf(log, db));
  } catch (error) {
    if (!(error instanceof CheckpointRefused)) throw error;
    const hasTransition = async (stream: string, at: bigint) => (await log.readStream(stream, revision(at))).length > 0;
    const lost = await lostEvents({ hasTransition, db }).catch(() => null);
    if (lost === null) throw error;
    const { message, position } = error;
    throw new CheckpointRefused(`${message}. By the rows, the log lacks ${lost}`, { position, cause: error });
  }
}

const rowsOf = (log: EventLog, db: WritableDatabase) => ({
  log,
  storedCheckpoints: async () => {
    const stored = await db.selectFrom('checkpoints').select('checkpoint').execute();
    return stored.map(({ checkpoint }) => checkpoint as Checkpoint);
  },
});
