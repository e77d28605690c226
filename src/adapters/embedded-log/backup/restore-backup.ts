import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readBootId } from '../../files/boot-id.ts';
import { createEndMark } from '../database/end-mark.ts';
import { syncFile, syncFolder } from '../database/sync.ts';
import { BackupRefused } from './backup-refused.ts';
import { hashFile } from './hash-file.ts';
import type { Seal } from './seal.ts';

/**
 * Puts the log of a verified backup at `path`, where there is none, and the mark of its end beside it. As a new log, it
 * appears whole or not at all, and after its mark (create-log-file.ts).
 * @throws {BackupRefused} when what was written is not what the seal names. @throws errors of the file system.
 */
export async function restoreBackup(backup: string, path: string, seal: Seal): Promise<void> {
  const unfinished = `${path}.creating`;
  rmSync(unfinished, { force: true });
  await pipeline(
    createReadStream(backup, { end: seal.bytes - 1 }),
    createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }),
  );
  syncFile(unfinished);
  if ((await hashFile(unfinished, seal.bytes)) !== seal.sha256)
    throw new BackupRefused(`${unfinished} is not what ${backup} holds: look at the disk, and try again`);
  const { logId, position, id } = seal;
  createEndMark(path, { logId, position, id, bootId: readBootId() }).close();
  rmSync(`${path}-wal`, { force: true });
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}
