import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../adapters/system/clock.ts';
import { systemRandom } from '../adapters/system/random.ts';
import { COMMAND } from '../application/command-name.ts';
import { CheckpointRefused, ReadDatabaseUnfit } from '../application/failures.ts';
import { timestamp } from '../application/ports/clock.ts';
import { type EventLog, revision } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import { loadCheckpoints } from '../projections/checkpoints.ts';
import type { Database, WritableDatabase } from '../projections/database.ts';
import { readModels as allReadModels } from '../projections/index.ts';
import { discardRows } from '../projections/own-tables.ts';
import { projectionNameOf } from '../projections/projection-states.ts';
import type { ReadModel } from '../projections/read-model.ts';
import { CannotStart } from './cannot-start.ts';
import { lostEvents } from './lost-events.ts';
import type { ReadTables } from './parts.ts';
import { lossIn, rowsNotShown, verifyEach, watchCheckpoints } from './watch-checkpoints.ts';

interface OpenedDatabase {
  readonly db: WritableDatabase;
  readonly forLong?: ReadTables['forLong'];
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
  /** Instead of THE LIST. */
  readonly readModels?: readonly ReadModel[];
}

/**
 * In the data folder. Rows that have seen more than the log has are evidence of what it has lost: they stop the start
 * until an operator accepts the loss, and then a copy of them is kept. One read model whose rows are of another log, while
 * those of others are of this one, is rebuilt from the log, and only it.
 * @throws {CannotStart} for rows that are evidence.
 */
export async function openEmbeddedReadTables({ acceptLossUpTo, ...given }: Embedded) {
  const { dataFolder, logger } = given;
  const folder = readTablesOf(dataFolder);
  try {
    return await openEmbedded(given, false);
  } catch (error) {
    if (!(error instanceof CheckpointRefused)) throw error;
    const lostUpTo = error.position ?? 0n;
    if (acceptLossUpTo === null || lostUpTo > BigInt(acceptLossUpTo)) throw lostBehindRows(folder, error, lostUpTo);
    const keptIn = join(dataFolder, `read-tables.kept-${timestamp(systemClock.now()).replaceAll(/[:.]/g, '-')}`);
    await cp(folder, keptIn, { recursive: true, preserveTimestamps: true });
    logger.warn({ keptIn, reason: error.message }, 'a copy of the read tables is kept, as the loss was accepted');
  }
  return openEmbedded(given, true);
}

async function openEmbedded(
  { dataFolder, log, logger, readModels = allReadModels }: Omit<Embedded, 'acceptLossUpTo'>,
  isLossAccepted: boolean,
) {
  const { openEmbeddedReadDatabase } = await import('../adapters/postgres/open-embedded-read-database.ts');
  const rebuild = async (db: WritableDatabase, subscriber: string, { message: reason }: CheckpointRefused) => {
    const readModel = readModels.find((each) => projectionNameOf(each) === subscriber);
    // Other subscribers have no rows, and see to their checkpoints themselves.
    if (readModel === undefined) return;
    await discardRows(db, readModel);
    logger.warn(
      { subscriber, reason },
      'the rows of this read model are not those of the log: they are rebuilt from it',
    );
  };
  const opened = await openEmbeddedReadDatabase<Database>({
    folder: readTablesOf(dataFolder),
    logger,
    verify: (db) =>
      verifyRows({ log, db, isLossAccepted, onRefused: (subscriber, refusal) => rebuild(db, subscriber, refusal) }),
  });
  return watched(opened, log, logger);
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
 * operator's to judge: they stop the start. Those of one read model that are of another log, while those of others are of
 * this one, are neither shown nor written to, and stop nothing else.
 * @throws {CannotStart} for such rows, and for a database that cannot hold every row.
 */
export async function openSharedReadTables(url: string, log: EventLog, logger: Logger) {
  const refused = new Map<string, string>();
  const onRefused = async (subscriber: string, refusal: CheckpointRefused) => {
    refused.set(subscriber, rowsNotShown(subscriber, refusal));
    logger.error({ subscriber }, `${refusal.message}. Its rows are left as they are; ${REBUILD_ONE}`);
  };
  const { openPostgresReadDatabase } = await import('../adapters/postgres/open-postgres-read-database.ts');
  try {
    const readDatabase = await openPostgresReadDatabase<Database>({
      url,
      clock: systemClock,
      random: systemRandom,
      logger,
      verify: (db) => verifyRows({ log, db, onRefused }),
    });
    return watched(readDatabase, log, logger, refused);
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

const REBUILD_ONE =
  'to have them rebuilt, drop the tables of its read model and start again: they are created and filled from the log';

function watched(
  { db, forLong, unhealthyReason, close }: OpenedDatabase,
  log: EventLog,
  logger: Logger,
  refused?: Map<string, string>,
): ReadTables & OpenedDatabase {
  const watch = watchCheckpoints({
    ...checkpointsIn(log, db),
    clock: systemClock,
    logger,
    ...(refused && { refused }),
  });
  return {
    ...{ db, forLong, unhealthyReason },
    loss: watch.loss,
    refusalOf: (readModel) => watch.refusalOf(projectionNameOf(readModel)),
    async close() {
      await watch.stop();
      await close();
    },
  };
}

interface Verification {
  readonly log: EventLog;
  readonly db: WritableDatabase;
  readonly isLossAccepted?: boolean;
  /** Of each subscriber whose checkpoint is refused, when that does not stop the start. */
  readonly onRefused: (subscriber: string, refusal: CheckpointRefused) => Promise<void>;
}

/** @throws {CheckpointRefused} naming what the log lacks, as far as the rows show it. */
async function verifyRows({ log, db, isLossAccepted = false, onRefused }: Verification): Promise<void> {
  const verdict = await verifyEach(checkpointsIn(log, db));
  const loss = isLossAccepted ? null : lossIn(verdict);
  if (loss !== null) throw await withLostEvents(loss, log, db);
  for (const [subscriber, refusal] of verdict.refusals) await onRefused(subscriber, refusal);
}

async function withLostEvents(refusal: CheckpointRefused, log: EventLog, db: WritableDatabase) {
  const hasTransition = async (stream: string, at: bigint) => (await log.readStream(stream, revision(at))).length > 0;
  const lost = await lostEvents({ hasTransition, db }).catch(() => null);
  if (lost === null) return refusal;
  const { message, position } = refusal;
  return new CheckpointRefused(`${message}. By the rows, the log lacks ${lost}`, { position, cause: refusal });
}

const checkpointsIn = (log: EventLog, db: WritableDatabase) => ({
  log,
  storedCheckpoints: () => loadCheckpoints(db),
});
