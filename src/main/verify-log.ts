import { verifyBackup } from '../adapters/embedded-log/backup/verify-backup.ts';
import { acquireDataFolder } from '../adapters/embedded-log/data-folder.ts';
import { LogFileRefused } from '../adapters/embedded-log/log-file-refused.ts';
import { type AuditResult, verifyEmbeddedLog } from '../adapters/embedded-log/verify-embedded-log.ts';
import { openTreeFolder } from '../adapters/tree-folder/open-tree-folder.ts';
import { holdLogAgainstTree } from '../application/anchoring/hold-log-against-tree.ts';
import { OperationalFailure } from '../application/failures.ts';
import type { Config } from '../config/config.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { logFileOf } from './open-parts.ts';
import { openFullTiles, treeFolderOf } from './open-tree.ts';

/**
 * Checks the whole embedded log, which no process may be writing meanwhile, also against the checkpoint that was signed last.
 * Exit code 1 when anything is not as it was written, 2 when that could not be found out.
 */
export async function verifyLog(config: Config): Promise<void> {
  try {
    const { dataFolder } = config;
    makeDataFolder(dataFolder);
    const release = acquireDataFolder(dataFolder);
    try {
      await verifyWithTree(config, logFileOf(dataFolder));
    } finally {
      release();
    }
  } catch (error) {
    if (!(error instanceof OperationalFailure) || saysWhatIsWrong(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

/** Of a log that cannot even be opened. */
const saysWhatIsWrong = (error: OperationalFailure) =>
  error instanceof LogFileRefused && ['damaged', 'incomplete'].includes(error.problem);

async function verifyWithTree(config: Config, path: string): Promise<void> {
  const tree = (await openFullTiles(config)).inReader(openTreeFolder(treeFolderOf(config)));
  const signed = (await tree.state())?.signed ?? null;
  print(
    path,
    await verifyEmbeddedLog(path, async (transitions, report) => {
      if (signed !== null) await holdLogAgainstTree(transitions, tree, signed, report);
    }),
  );
  const held =
    signed === null
      ? `Nothing was signed under ${config.auditOrigin} in this data folder, so the log alone says where it ends`
      : `Held against the checkpoint of ${signed.checkpoint.size} transitions in ${signed.checkpoint.origin}`;
  process.stdout.write(`${held}\n`);
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
