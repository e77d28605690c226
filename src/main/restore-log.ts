import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { restoreBackup } from '../adapters/embedded-log/backup/restore-backup.ts';
import type { Seal } from '../adapters/embedded-log/backup/seal.ts';
import { verifyBackup } from '../adapters/embedded-log/backup/verify-backup.ts';
import { acquireDataFolder } from '../adapters/embedded-log/data-folder.ts';
import { type EndMark, EndMarkDamaged, readEndMark } from '../adapters/embedded-log/database/end-mark.ts';
import { isEmptyLog } from '../adapters/embedded-log/database/is-empty-log.ts';
import { keepAside } from '../adapters/embedded-log/database/keep-aside.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { timestamp } from '../application/ports/clock.ts';
import type { Config } from '../config/config.ts';
import { CannotStart } from './cannot-start.ts';
import { requireEmbeddedLog } from './embedded-log-only.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { logFileOf } from './open-parts.ts';
import { readTablesOf } from './read-tables.ts';
import { whatRowsShow } from './rows-beside-refused-log.ts';

/**
 * Puts the log of a backup into a data folder that has none, so that the next start builds the rows from it. What the folder
 * shows of a later log is kept, and reported. @throws {OperationalFailure} @throws {CannotStart}
 */
export async function restoreLog(config: Config, file: string): Promise<void> {
  requireEmbeddedLog(config);
  const { seal, audit } = await verifyBackup(file);
  const [broken] = audit.broken;
  if (broken !== undefined)
    throw new CannotStart(`${file} is not what was written: ${broken.stream}: ${broken.reason}`);
  const { dataFolder } = config;
  makeDataFolder(dataFolder);
  const release = acquireDataFolder(dataFolder);
  try {
    const path = logFileOf(dataFolder);
    clearFolder(path);
    const before = markBeside(path);
    const keptFiles = keepAside(path);
    const keptRows = keepRowsAside(dataFolder);
    await restoreBackup(file, path, seal);
    const print = (line: string) => process.stdout.write(`${line}\n`);
    print(`${path}: ${seal.position} transitions in ${seal.histories} histories, as they were at ${seal.createdAt}`);
    for (const line of [
      lackByMark(before, seal),
      ...(keptRows === null ? [] : [await whatRowsShow({ path, dataFolder, rowsFolder: keptRows }).catch(() => null)]),
      keptFiles && `What was beside the log before is in ${keptFiles}`,
      keptRows && `The rows of before are in ${keptRows}; the next start makes new ones from the log`,
      aboutAudit(config),
    ])
      if (line) print(line);
  } finally {
    release();
  }
}

/** Makes way of a log that is empty. @throws {CannotStart} for any other. */
function clearFolder(path: string): void {
  if (!existsSync(path)) return;
  if (!isEmptyLog(path))
    throw new CannotStart(
      `${path} is a log, and restoring replaces none: name another folder in DATA_DIR, or move the files whose names begin with ${path} away, and keep them`,
    );
  for (const each of [path, `${path}-wal`, `${path}.end`]) rmSync(each, { force: true });
}

function markBeside(path: string): EndMark | 'damaged' | null {
  try {
    return readEndMark(path);
  } catch (error) {
    if (error instanceof EndMarkDamaged) return 'damaged';
    throw error;
  }
}

function lackByMark(mark: EndMark | 'damaged' | null, seal: Seal): string | null {
  if (mark === null) return null;
  if (mark === 'damaged')
    return 'How far the log of this folder had come before is not known: the mark of its end is damaged';
  if (mark.logId !== seal.logId)
    return `The log of this folder was another one before: ${mark.logId}; the backup is of ${seal.logId}`;
  const lacking = mark.position - seal.position;
  return lacking > 0
    ? `The log of this folder had come to position ${mark.position} at least: ${lacking} transitions that were answered for are not in the backup`
    : null;
}

function keepRowsAside(dataFolder: string): string | null {
  const rows = readTablesOf(dataFolder);
  if (!existsSync(rows)) return null;
  const kept = `${rows}.kept-${timestamp(systemClock.now()).replaceAll(/[:.]/g, '-')}`;
  renameSync(rows, kept);
  return kept;
}

function aboutAudit({ dataFolder }: Config): string | null {
  const trees = join(dataFolder, 'audit');
  return existsSync(trees) && readdirSync(trees).length > 0
    ? 'The audit tree of before is left as it is. If it has seen more than the backup has, nothing is signed, and /readyz says so: docs/audit.md'
    : null;
}
