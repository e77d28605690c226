import { existsSync, statSync } from 'node:fs';
import { askForBackup } from '../adapters/embedded-log/backup/ask-for-backup.ts';
import { copyStoppedLog } from '../adapters/embedded-log/backup/copy-stopped-log.ts';
import { createPartialFile } from '../adapters/embedded-log/backup/partial-file.ts';
import { sealBackup } from '../adapters/embedded-log/backup/seal-backup.ts';
import { acquireDataFolder } from '../adapters/embedded-log/data-folder.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { timestamp } from '../application/ports/clock.ts';
import type { Config } from '../config/config.ts';
import { CannotStart } from './cannot-start.ts';
import { requireEmbeddedLog } from './embedded-log-only.ts';
import { logFileOf } from './open-parts.ts';

/** Writes the embedded log to `file`, whether a process has it open or not. @throws {OperationalFailure} @throws {CannotStart} */
export async function backUpLog(config: Config, file: string): Promise<void> {
  requireEmbeddedLog(config);
  const { dataFolder } = config;
  if (!existsSync(logFileOf(dataFolder)))
    throw new CannotStart(`There is no log at ${logFileOf(dataFolder)}: name its folder in DATA_DIR`);
  const partial = createPartialFile(file, dataFolder);
  const interrupted = () => {
    partial.remove();
    process.exit(1);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const copied = (await askForBackup(dataFolder, partial.path)) ?? (await copyOfStopped(dataFolder, partial.path));
    const { position, histories } = await sealBackup(partial.path, copied, timestamp(systemClock.now()));
    const { size } = statSync(partial.path);
    partial.finish();
    process.stdout.write(
      `${file}: ${position} transitions in ${histories} histories, verified; ${(size / 1e6).toFixed(1)} MB\n`,
    );
  } catch (error) {
    partial.remove();
    throw error;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

async function copyOfStopped(dataFolder: string, target: string) {
  const release = acquireDataFolder(dataFolder);
  try {
    return await copyStoppedLog(logFileOf(dataFolder), target);
  } finally {
    release();
  }
}
