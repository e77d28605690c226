import { appendFileSync, statSync } from 'node:fs';
import { BackupRefused } from './backup-refused.ts';
import { hashFile } from './hash-file.ts';
import { encodeSeal, type Seal } from './seal.ts';
import type { CopiedLog } from './serve-backups.ts';
import { auditCopy } from './verify-backup.ts';

/**
 * Verifies a copy of a log, and adds the seal that makes it a backup.
 * @throws {BackupRefused} when a history in it is not what was written, or something is missing. @throws {LogFileRefused}
 */
export async function sealBackup(path: string, { logId, atLeast }: CopiedLog, createdAt: string): Promise<Seal> {
  const { audit, ...end } = await auditCopy(path);
  const [first] = audit.broken;
  if (first !== undefined)
    throw new BackupRefused(
      `The log is not what was written, so no backup was made of it: ${first.stream}: ${first.reason}${audit.brokenCount > 1 ? `, and ${audit.brokenCount - 1} more` : ''}. Stop EventOps, and keep a copy of the whole data folder`,
    );
  if (end.logId !== logId || end.position < atLeast.position)
    throw new BackupRefused(
      `The copy ends at position ${end.position} of the log ${end.logId}, and the log ${logId} had come to ${atLeast.position} before: try again`,
    );
  const { size } = statSync(path);
  const seal = { ...end, histories: audit.streams, createdAt, bytes: size, sha256: await hashFile(path, size) };
  appendFileSync(path, encodeSeal(seal));
  return seal;
}
