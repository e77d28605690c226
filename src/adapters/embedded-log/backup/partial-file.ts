import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { syncFolder } from '../database/sync.ts';
import { BackupRefused } from './backup-refused.ts';

/** A file that appears under its name only when it is whole, and in the place of no other. */
export interface PartialFile {
  /** Where it is written meanwhile. */
  readonly path: string;
  /** @throws {BackupRefused} when a file has come there meanwhile. */
  finish(): void;
  remove(): void;
}

/** @throws {BackupRefused} @throws errors of the file system. */
export function createPartialFile(file: string, dataFolder: string): PartialFile {
  const target = targetOf(file, dataFolder);
  const path = `${target}.partial`;
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new BackupRefused(
      `${path} is there: another backup is being written to it, or one was killed. If none is, remove it`,
    );
  }
  // Of a copy that was killed; SQLite would roll the new one back to it.
  rmSync(`${path}-journal`, { force: true });
  return {
    path,
    finish() {
      syncAll(path);
      takeName(path, target);
      syncFolder(dirname(target));
    },
    remove() {
      for (const each of [path, `${path}-journal`]) rmSync(each, { force: true });
    },
  };
}

function targetOf(file: string, dataFolder: string): string {
  const folder = dirname(resolve(file));
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
    throw new BackupRefused(`There is no folder ${folder}: make it, or name another file`);
  const target = join(realpathSync(folder), basename(file));
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw isThere(target);
  const fromData = relative(realpathSync(dataFolder), target);
  if (fromData !== '..' && !fromData.startsWith(`..${sep}`))
    throw new BackupRefused(`${target} is in the data folder, and would be lost with it: name a file elsewhere`);
  return target;
}

/** A link, and not a new name, which would replace a file that has come there meanwhile. */
function takeName(path: string, target: string): void {
  try {
    linkSync(path, target);
    rmSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw isThere(target);
    // File systems without links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw isThere(target);
    renameSync(path, target);
  }
}

const isThere = (target: string) =>
  new BackupRefused(`${target} is there already, and backups replace no file: name another one`);

function syncAll(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
