import { auditLogFile } from '../database/read-log-file.ts';
import { BackupRefused } from './backup-refused.ts';
import { copyDatabase } from './copy-database.ts';
import type { CopiedLog } from './serve-backups.ts';

/**
 * Copies a log that no process has open, with what its write-ahead file holds, and changes nothing of it.
 * @throws {BackupRefused} @throws {LogFileRefused}
 */
export const copyStoppedLog = (path: string, target: string): Promise<CopiedLog> =>
  auditLogFile(path, async (database, loss) => {
    if (loss !== null) throw new BackupRefused(`${path} ${loss.claim}: ${loss.what}. No backup was made of it`);
    const outcome = await copyDatabase(database, target).outcome;
    if (outcome.kind === 'failed') throw new BackupRefused(outcome.reason);
    const last = database.prepare('SELECT position, id FROM transitions ORDER BY position DESC LIMIT 1').get();
    return {
      logId: String(database.prepare('SELECT id FROM log').get()?.['id']),
      atLeast: { position: Number(last?.['position'] ?? 0), id: String(last?.['id'] ?? '') },
    };
  });
