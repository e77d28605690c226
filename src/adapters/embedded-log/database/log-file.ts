import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LogFileRefused } from '../log-file-refused.ts';
import { checkFormat, checkPages, checkTail, damaged } from './check-file.ts';
import { createLogFile } from './create-log-file.ts';
import { messageOf, sqliteErrorKind } from './sqlite-error.ts';

export interface LogFile {
  readonly database: DatabaseSync;
  readonly logId: string;
  /** Who had the log before did not close it: the process was killed, or the power failed. */
  readonly wasLeftOpen: boolean;
}

/** Beyond this size a file that was left open is not read whole before it is used: that would take over a second. */
const MAX_BYTES_CHECKED_AT_OPEN = 256 * 1024 * 1024;

/**
 * Each checkpoint copies what the write-ahead log gathered back into the file, about 10 ms in which nothing is appended.
 * Four times as many pages (of 4 KiB) stop the appends for twice as long and gain nothing.
 */
const PAGES_BETWEEN_CHECKPOINTS = 1_000;
/** How much of a write-ahead log stays allocated that had to grow beyond its usual 4 MiB. */
const KEPT_WRITE_AHEAD_BYTES = 16 * 1024 * 1024;
const CACHE_KIB = 16 * 1024;

/**
 * Opens the log at `path`, or creates it, and lets nobody else have it until it is closed.
 * @throws {LogFileRefused}
 */
export function openLogFile(path: string): LogFile {
  return refusing(path, () => {
    const writeAhead = `${path}-wal`;
    const wasLeftOpen = existsSync(writeAhead) && statSync(writeAhead).size > 0;
    if (!existsSync(path)) {
      if (wasLeftOpen) throw damaged(path, `it is missing, while the ${writeAhead} that belongs to it is there`);
      createLogFile(path);
    }
    const database = openDatabase(path);
    try {
      if (wasLeftOpen) makeDurable(database);
      if (wasLeftOpen && statSync(path).size <= MAX_BYTES_CHECKED_AT_OPEN) checkPages(path, database);
      checkTail(path, database);
      return { database, logId: String(database.prepare('SELECT id FROM log').get()?.['id']), wasLeftOpen };
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** As {@link openLogFile}, but the log must be there and may be damaged. @throws {LogFileRefused} */
export function openLogFileForAudit(path: string): DatabaseSync {
  if (!existsSync(path))
    throw new LogFileRefused('unreadable', `There is no log at ${path}. Name the right data folder`);
  return refusing(path, () => openDatabase(path));
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false });
  try {
    // Before the first access: then the lock is taken at once and kept, and no shared memory is needed.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    checkFormat(path, database);
    configure(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * What SQLite recovered from the write-ahead log may be a commit whose fsync failed: a retry will be told that it is
 * durable, so it is written once more, into the file, before anybody asks. On a full disk nobody is told anything yet.
 */
function makeDurable(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (sqliteErrorKind(error) !== 'full') throw error;
  }
}

function configure(database: DatabaseSync): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode !== 'wal') throw new Error(`SQLite keeps the journal mode ${String(mode)}; the log needs wal`);
  database.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -${CACHE_KIB};
    PRAGMA wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS};
    PRAGMA journal_size_limit = ${KEPT_WRITE_AHEAD_BYTES}`);
}

function refusing<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw error instanceof LogFileRefused ? error : refusal(path, error);
  }
}

function refusal(path: string, cause: unknown): LogFileRefused {
  switch (sqliteErrorKind(cause)) {
    case 'busy':
      return new LogFileRefused('in-use', `${path} is in use: only one process can have the log. Stop the other one`, {
        cause,
      });
    case 'not-a-database':
      return new LogFileRefused(
        'foreign',
        `${path} is not a SQLite file, so not an event log. Name another data folder`,
        {
          cause,
        },
      );
    case 'corrupt':
      return damaged(path, messageOf(cause));
    default:
      return new LogFileRefused(
        'unreadable',
        `${path} cannot be opened: ${messageOf(cause)}. See to its folder and disk`,
        {
          cause,
        },
      );
  }
}
