import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { adviceOn } from '../application/advice-on-files.ts';
import { CannotStart } from './cannot-start.ts';

/**
 * Makes the data folder, with those above it, for this user alone; one that is there is left as it is.
 * @throws {CannotStart}
 */
export function makeDataFolder(folder: string): void {
  try {
    makeWithParents(folder);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error('a file is there'), { code: 'ENOTDIR' });
  } catch (error) {
    const { code = null } = error as NodeJS.ErrnoException;
    throw new CannotStart(
      `DATA_DIR: the folder ${folder} cannot be made (${code}): ${adviceOn(code)}, or give another folder`,
      { isWrongUse: true, cause: error },
    );
  }
}

/** Not `recursive`: Node goes round without end where the parent is there and takes no folder, as /proc does (24.21). */
function makeWithParents(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (!existsSync(parent)) makeWithParents(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
