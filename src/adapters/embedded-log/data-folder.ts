import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { adviceOn } from '../../application/advice-on-files.ts';
import { OperationalFailure } from '../../application/failures.ts';
import { messageOf, sqliteErrorKind } from './database/sqlite-error.ts';
import { whatTheSystemSays } from './database/what-the-system-says.ts';

/** Another process has the data folder, or it cannot be used; the message names it and says what to do. */
export class DataFolderRefused extends OperationalFailure {
  override readonly name = 'DataFolderRefused';
  readonly code = 'data-folder-refused';
  readonly retryable = false;
}

/** Held here, too, because a connection without references is closed by the garbage collector, and its lock goes. */
const held = new Set<DatabaseSync>();

/**
 * Takes a data folder for this process alone; creates it, readable for its owner only, when it is missing. The lock is
 * the kernel's (SQLite's, on an empty file), so it ends with the process, however that ends, and needs no clearing up.
 * @returns lets the folder go; a second call does nothing.
 * @throws {DataFolderRefused} at once when another process, or this one, has the folder already.
 */
export function acquireDataFolder(folder: string): () => void {
  const pidFile = join(folder, 'lock.pid');
  const lock = openLock(folder, pidFile);
  try {
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    // It only shows others who has the folder: a full disk takes the log's rows or not, but no start depends on this one.
    if (whatTheSystemSays(error, pidFile) !== 'ENOSPC') {
      lock.close();
      throw unusable(folder, error);
    }
  }
  held.add(lock);
  return () => {
    if (!held.delete(lock)) return;
    rmSync(pidFile, { force: true });
    lock.close();
  };
}

function openLock(folder: string, pidFile: string): DatabaseSync {
  let lock: DatabaseSync | null = null;
  try {
    makeFolder(folder);
    lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
    // On the disk, the journal of a transaction that never writes would need room, and a full disk has none.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    throw sqliteErrorKind(error) === 'busy' ? inUse(folder, pidFile) : unusable(folder, error);
  }
}

/** Not by `recursive`, which below /proc never returns. */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let each = resolve(folder); !existsSync(each); each = dirname(each)) missing.unshift(each);
  for (const each of missing) mkdirSync(each, { mode: 0o700 });
}

function inUse(folder: string, pidFile: string): DataFolderRefused {
  const pid = holder(pidFile);
  const who = pid === null ? 'another process' : `process ${pid}`;
  return new DataFolderRefused(
    `The data folder ${folder} is in use by ${who}: one process at a time can have it. Stop that one, or name another ` +
      'folder in DATA_DIR',
  );
}

/** `null` when the file still names one that is gone: then the lock's new holder is about to write its own. */
function holder(pidFile: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return pid > 0 && isAlive(pid) ? pid : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const unusable = (folder: string, cause: unknown) =>
  new DataFolderRefused(
    `The data folder ${folder} cannot be used: ${messageOf(cause)}. What to do: ` +
      `${adviceOn(whatTheSystemSays(cause, join(folder, 'lock')))}, or name another folder in DATA_DIR`,
    { cause },
  );
