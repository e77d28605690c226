import { join } from 'node:path';
import { createDevelopmentAuthenticator } from '../adapters/development-issuer/development-issuer.ts';
import { EmbeddedBus } from '../adapters/embedded-bus/embedded-bus.ts';
import { acquireDataFolder } from '../adapters/embedded-log/data-folder.ts';
import { openEmbeddedLog } from '../adapters/embedded-log/open-embedded-log.ts';
import { openEmbeddedReadDatabase } from '../adapters/postgres/open-embedded-read-database.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { CheckpointRefused, type OperationalFailure } from '../application/failures.ts';
import type { EventLog } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Config } from '../config/config.ts';
import { createCheckpointStore } from '../projections/checkpoints.ts';
import type { Database } from '../projections/database.ts';
import { type Defer, opening } from './opening.ts';
import type { Parts } from './parts.ts';

export const logFileOf = (dataFolder: string) => join(dataFolder, 'log.sqlite');

/**
 * Every part within this process, in the data folder. What was opened is closed again when a later part fails.
 * @throws {OperationalFailure} the folder or the log cannot be used; says what to do.
 */
export const openEmbeddedParts = ({ dataFolder }: Config, logger: Logger): Promise<Parts> =>
  opening((defer) => openAll(dataFolder, logger, defer));

async function openAll(dataFolder: string, logger: Logger, defer: Defer): Promise<Omit<Parts, 'close'>> {
  defer(acquireDataFolder(dataFolder));
  const log = await openEmbeddedLog({ path: logFileOf(dataFolder), logger });
  defer(() => log.close());
  const readDatabase = await openReadDatabase(dataFolder, log, logger);
  defer(() => readDatabase.close());
  const bus = new EmbeddedBus();
  defer(() => bus.close());
  const authenticator = await createDevelopmentAuthenticator({ dataFolder, clock: systemClock });
  return {
    log,
    readDatabase,
    bus,
    checkpoints: createCheckpointStore(readDatabase.db),
    authenticator,
    readinessChecks: [
      { part: 'log', check: () => troubleOf(log.head()) },
      { part: 'read tables', check: () => troubleOf(readDatabase.db.selectNoFrom([]).execute()) },
    ],
    isOnlyProcess: true,
  };
}

/** The read tables are a cache of this log: those of another log, or of a later moment of it, are built again. */
async function openReadDatabase(dataFolder: string, log: EventLog, logger: Logger) {
  const readDatabase = await openEmbeddedReadDatabase<Database>({ folder: join(dataFolder, 'read-tables'), logger });
  const stored = await readDatabase.db.selectFrom('checkpoints').select('checkpoint').execute();
  for (const { checkpoint } of stored)
    try {
      await log.verifyCheckpoint(checkpoint as Parameters<EventLog['verifyCheckpoint']>[0]);
    } catch (error) {
      if (!(error instanceof CheckpointRefused)) throw error;
      await readDatabase.recreate(error.message);
      break;
    }
  return readDatabase;
}

const troubleOf = (answer: Promise<unknown>): Promise<string | null> =>
  answer.then(
    () => null,
    (error: OperationalFailure) => error.message,
  );
