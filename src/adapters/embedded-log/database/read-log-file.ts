import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LogFileRefused } from '../log-file-refused.ts';
import { checkFormat } from './check-file.ts';
import { gatherEvidence, type Loss, proofOfLoss, proofOfLostFile, refusedFor } from './proof-of-loss.ts';
import { refusing } from './refusing.ts';
import { sqliteErrorKind } from './sqlite-error.ts';

/**
 * What is in a log that was left open, without the recovery that removes its write-ahead file. `null` where that needs
 * room and there is none: then it is found out by the recovery.
 */
export function readWithoutChange<Value>(path: string, read: (database: DatabaseSync) => Value): Value | null {
  try {
    const { database, close } = openForReading(path);
    try {
      return read(database);
    } finally {
      close();
    }
  } catch (error) {
    if (['full', 'io', 'cannot-open', 'readonly'].includes(sqliteErrorKind(error))) return null;
    throw error;
  }
}

/** The log as SQLite would recover it, which changes nothing. It must be there and may be damaged. */
function openForReading(path: string): { readonly database: DatabaseSync; close(): void } {
  // What such a connection leaves beside the log. They may be another reader's.
  const leftovers = [`${path}-shm`, `${path}-wal`].filter((file) => !existsSync(file));
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  const close = () => {
    database.close();
    for (const file of leftovers) rmSync(file, { force: true });
  };
  try {
    checkFormat(path, database);
    return { database, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Gives `audit` a log that may be damaged, and changes nothing. @throws {LogFileRefused} */
export async function auditLogFile<Value>(
  path: string,
  audit: (database: DatabaseSync, loss: Loss | null) => Promise<Value>,
): Promise<Value> {
  const evidence = refusing(path, () => gatherEvidence(path));
  const lostFile = existsSync(path) ? null : proofOfLostFile(path, evidence);
  if (lostFile !== null) throw refusedFor(path, lostFile);
  if (!existsSync(path))
    throw new LogFileRefused('unreadable', `There is no log at ${path}. Name the right data folder`);
  const { database, close } = refusing(path, () => openForReading(path));
  try {
    const loss = refusing(path, () => proofOfLoss(path, evidence, database));
    return await audit(database, loss);
  } finally {
    close();
  }
}
