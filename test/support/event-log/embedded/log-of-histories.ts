import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serveBackups } from '../../../../src/adapters/embedded-log/backup/serve-backups.ts';
import { acquireDataFolder } from '../../../../src/adapters/embedded-log/data-folder.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import { deriveUuid } from '../../../../src/application/event-identity.ts';
import { logFileOf } from '../../../../src/main/open-parts.ts';
import { received, started, succeeded } from '../../domain/transitions.ts';
import { sealedHistory } from '../../sealed-history.ts';
import { silentLogger } from '../../worker/silent-logger.ts';
import { appendAll } from '../transitions.ts';

export const TRANSITIONS_OF_AN_EVENT = 3;

/** Whole histories, as the system writes them, of events number `from` to `to`. */
export async function appendEvents(log: EmbeddedLog, from: number, to: number): Promise<void> {
  const requests = Array.from({ length: to - from }, (_, index) => {
    const history = sealedHistory([received(), started(), succeeded()], deriveUuid('backed up', String(from + index)));
    return {
      stream: history[0]?.stream ?? '',
      expectedRevision: 'no-stream' as const,
      transitions: history.map(({ stream: _stream, revision: _revision, position: _position, ...each }) => each),
    };
  });
  await appendAll(log, requests);
}

export function folderOfTest(prefix = 'eventops-backup-'): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface RunningLog {
  readonly log: EmbeddedLog;
  /** Lets log and folder go, as a process that stops. */
  stop(): Promise<void>;
}

/** A log that serves backups, as in a process that has the data folder. */
export async function startLog(dataFolder: string): Promise<RunningLog> {
  const release = acquireDataFolder(dataFolder);
  const log = await openEmbeddedLog({ path: logFileOf(dataFolder) }).catch((error: unknown) => {
    release();
    throw error;
  });
  const stopServing = await serveBackups({ folder: dataFolder, backUp: log.backUp, logger: silentLogger });
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await stopServing();
    await log.close();
    release();
  };
  return { log, stop };
}

/** The same until the end of the test. */
export async function runLog(dataFolder: string): Promise<RunningLog> {
  const running = await startLog(dataFolder);
  onTestFinished(running.stop);
  return running;
}
