import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { checkFormat } from '../database/check-file.ts';
import { refusing } from '../database/refusing.ts';
import { type AuditResult, auditDatabase } from '../verify-embedded-log.ts';
import { BackupRefused } from './backup-refused.ts';
import { hashFile } from './hash-file.ts';
import { readSeal, type Seal } from './seal.ts';

/** What a copy of a log holds, seen from the file alone. */
export interface CopyContents {
  readonly audit: AuditResult;
  readonly logId: string;
  readonly position: number;
  readonly id: string;
}

/**
 * Whether a backup is the whole of what was written: its seal, the hash of all its bytes, the file as SQLite sees it, and
 * every history's chain of hashes. Changes nothing; takes about 10 s for 10⁶ transitions.
 * @throws {BackupRefused} @throws {LogFileRefused}
 */
export async function verifyBackup(path: string): Promise<{ readonly seal: Seal; readonly audit: AuditResult }> {
  const seal = await readWholeSeal(path);
  const { audit, ...found } = await auditCopy(path);
  if (found.logId !== seal.logId || found.position !== seal.position || found.id !== seal.id)
    throw new BackupRefused(
      `${path} is damaged: it ends with ${found.id} at position ${found.position} of the log ${found.logId}, and its seal names ${seal.id} at position ${seal.position} of the log ${seal.logId}`,
    );
  return { seal, audit };
}

/** The seal of a file that is byte for byte what was written. @throws {BackupRefused} */
async function readWholeSeal(path: string): Promise<Seal> {
  if (!existsSync(path)) throw new BackupRefused(`There is no file ${path}`);
  const seal = readSeal(path);
  if (seal === null)
    throw new BackupRefused(
      `${path} is not a whole backup: it does not end with the seal that backups end with. Either it was cut off, or it is a copy of a log's file, whose last transitions may have been in the -wal file beside it`,
    );
  if ((await hashFile(path, seal.bytes)) !== seal.sha256)
    throw new BackupRefused(
      `${path} is damaged: its bytes do not have the hash that its seal names. Use another backup`,
    );
  return seal;
}

/** Reads a copy of a log that no process writes. @throws {LogFileRefused} */
export async function auditCopy(path: string): Promise<CopyContents> {
  const database = refusing(path, () => openImmutable(path));
  try {
    const last = database.prepare('SELECT position, id FROM transitions ORDER BY position DESC LIMIT 1').get();
    return {
      audit: await auditDatabase(path, database),
      logId: String(database.prepare('SELECT id FROM log').get()?.['id']),
      position: Number(last?.['position'] ?? 0),
      id: String(last?.['id'] ?? ''),
    };
  } finally {
    database.close();
  }
}

/** Without locks and files of SQLite's own beside it, so also where nothing can be written. */
function openImmutable(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  const database = new DatabaseSync(url, { readOnly: true });
  try {
    checkFormat(path, database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
