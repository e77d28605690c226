import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { endMarkPath } from './end-mark.ts';

/**
 * Copies what is left of the lost transitions, before opening the log changes it, to a new folder beside the log.
 * @returns the folder; `null` when nothing is left. @throws errors of the file system: then nothing may be opened.
 */
export function keepAside(path: string): string | null {
  const left = [`${path}-wal`, endMarkPath(path)].filter(hasBytes);
  if (left.length === 0) return null;
  const folder = join(dirname(path), `kept-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(folder, { mode: 0o700 });
  for (const file of left) copyFileSync(file, join(folder, basename(file)));
  return folder;
}

/** An empty write-ahead file is no more than that of the connection that has just opened the log. */
const hasBytes = (file: string) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
