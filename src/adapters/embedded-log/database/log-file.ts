import { existsSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { checkFormat, checkPages, checkTail, damaged } from './check-file.ts';
import { createIndexChecks } from './check-indexes.ts';
import { createLogFile } from './create-log-file.ts';
import { keepAside } from './keep-aside.ts';
import { gatherEvidence, type Loss, proofOfLoss, proofOfLostFile, refusedFor, wasLeftOpen } from './proof-of-loss.ts';
import { readWithoutChange } from './read-log-file.ts';
import { refusing } from './refusing.ts';
import { sqliteErrorKind } from './sqlite-error.ts';
import { syncFile } from './sync.ts';

export interface LogFile {
  readonly database: DatabaseSync;
  readonly logId: string;
  /** Who had the log before did not close it: the process was killed, or the power failed. */
  readonly wasLeftOpen: boolean;
  readonly acceptedLoss: AcceptedLoss | null;
}

/** What is missing or may be, and the folder where what is left of it was put; `null` when nothing is left. */
export interface AcceptedLoss {
  readonly what: string;
  readonly keptIn: string | null;
}

export interface LogFileOptions {
  /** The position up to which an operator accepted that transitions are missing. */
  readonly acceptLossUpTo?: number | undefined;
  /** Of the machine by default. */
  readonly bootId?: string | null | undefined;
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
 * Opens the log at `path`, or creates it, and lets no other process have it until it is closed. A log that lacks what was
 * durable is refused before anything is changed (docs/adr/0029-the-end-of-the-embedded-log-is-marked-apart-from-it.md).
 * @throws {LogFileRefused}
 */
export function openLogFile(path: string, { acceptLossUpTo, bootId }: LogFileOptions = {}): LogFile {
  return refusing(path, () => {
    const isLeftOpen = wasLeftOpen(path);
    const evidence = gatherEvidence(path, bootId);
    const accepted: AcceptedLoss[] = [];
    const judge = (loss: Loss | null) => {
      if (loss === null || accepted.length > 0) return;
      if (acceptLossUpTo === undefined || loss.upTo > acceptLossUpTo) throw refusedFor(path, loss);
      accepted.push({ what: loss.what, keptIn: keepAside(path) });
    };
    const isNew = !existsSync(path);
    if (isNew) {
      judge(proofOfLostFile(path, evidence));
      if (isLeftOpen && accepted.length === 0)
        throw damaged(path, `it is missing, while the ${path}-wal that belongs to it is there`);
      rmSync(`${path}-wal`, { force: true });
      createLogFile(path, bootId);
    } else if (isLeftOpen) judge(readWithoutChange(path, (database) => proofOfLoss(path, evidence, database)));
    const database = openDatabase(path);
    try {
      if (!isNew) judge(proofOfLoss(path, evidence, database));
      if (isLeftOpen) makeDurable(path, database);
      if (isLeftOpen && statSync(path).size <= MAX_BYTES_CHECKED_AT_OPEN) checkPages(path, database);
      checkTail(path, database);
      createIndexChecks(database).checkLastRows();
      return {
        database,
        logId: String(database.prepare('SELECT id FROM log').get()?.['id']),
        wasLeftOpen: isLeftOpen,
        acceptedLoss: accepted[0] ?? null,
      };
    } catch (error) {
      database.close();
      throw error;
    }
  });
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
 * What SQLite recovered from the write-ahead log may be a commit whose fsync failed: a retry will be answered that it is
 * durable, so it is written once more, into the file, before any request. On a full disk no request is answered yet.
 */
function makeDurable(path: string, database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (sqliteErrorKind(error) !== 'full') throw error;
    // The mark of the end will name it.
    syncFile(`${path}-wal`);
  }
}

function configure(database: DatabaseSync): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode !== 'wal') throw new Error(`SQLite keeps the journal mode ${String(mode)}; the log needs wal`);
  database.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -${CACHE_KIB};
    PRAGMA cache_spill = OFF;
    PRAGMA wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS};
    PRAGMA journal_size_limit = ${KEPT_WRITE_AHEAD_BYTES}`);
}
