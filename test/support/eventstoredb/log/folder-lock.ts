import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export class FolderHeld extends Error {
  constructor(folder: string, holder: string) {
    super(`the folder ${folder} is held by another protocol server (${holder}): stop that one, or name another folder`);
    this.name = 'FolderHeld';
  }
}

const SQLITE_BUSY = 5;

/**
 * Keeps the folder to one server. The lock is SQLite's, which is the operating system's: it falls with the process,
 * kill -9 included, so there is never a stale one to clear away.
 */
export function lockFolder(folder: string): () => void {
  const pidFile = join(folder, 'pid');
  const lock = new DatabaseSync(join(folder, 'lock.db'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) throw new FolderHeld(folder, holderNamed(pidFile));
    throw error;
  }
  writeFileSync(pidFile, String(process.pid));
  return () => lock.close();
}

function holderNamed(pidFile: string): string {
  try {
    return `pid ${readFileSync(pidFile, 'utf8')}`;
  } catch {
    return 'pid unknown';
  }
}
