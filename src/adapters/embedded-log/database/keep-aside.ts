import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { endMarkPath } from './end-mark.ts';

/**
 * Copies what is left of the lost transitions, before opening the log changes it, to a new folder beside the log.
 * @returns the folder. @throws errors of the file system: then nothing may be opened.
 */
export function keepAside(path: string): string {
  const folder = join(dirname(path), `kept-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(folder, { mode: 0o700 });
  for (const file of [`${path}-wal`, endMarkPath(path)])
    if (existsSync(file)) copyFileSync(file, join(folder, basename(file)));
  return folder;
}
