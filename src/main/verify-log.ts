import { verifyBackup } from '../adapters/embedded-log/backup/verify-backup.ts';
import { acquireDataFolder } from '../adapters/embedded-log/data-folder.ts';
import { type AuditResult, verifyEmbeddedLog } from '../adapters/embedded-log/verify-embedded-log.ts';
import type { Config } from '../config/config.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { logFileOf } from './open-parts.ts';

/** Checks the whole embedded log, which no process may be writing meanwhile; exit code 1 when anything is broken. */
export async function verifyLog({ dataFolder }: Config): Promise<void> {
  makeDataFolder(dataFolder);
  const release = acquireDataFolder(dataFolder);
  try {
    const path = logFileOf(dataFolder);
    print(path, await verifyEmbeddedLog(path));
  } finally {
    release();
  }
}

/** The same of a backup. @throws {BackupRefused} @throws {LogFileRefused} */
export async function verifyBackupFile(file: string): Promise<void> {
  const { seal, audit } = await verifyBackup(file);
  print(file, audit);
  process.stdout.write(`A whole backup, written at ${seal.createdAt}, up to position ${seal.position}\n`);
}

function print(path: string, { streams, transitions, broken, brokenCount }: AuditResult): void {
  for (const { stream, reason } of broken) process.stdout.write(`BROKEN  ${stream}: ${reason}\n`);
  process.stdout.write(
    `${path}: ${transitions} transitions in ${streams} histories, ${brokenCount === 0 ? 'all unbroken' : `${brokenCount} not as they were written`}\n`,
  );
  if (brokenCount > 0) process.exitCode = 1;
}
