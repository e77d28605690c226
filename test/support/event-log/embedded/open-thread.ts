/** Opens a log file, with a bug in the code or without one, and tells what came of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { plant } from '../../simulation/plant-bug.ts';
import type { OpenTask } from './open-with-bug.ts';

async function open({ path, bug }: OpenTask): Promise<string> {
  if (bug !== null) plant(bug);
  // After the planting.
  const { openLogFile } = await import('../../../../src/adapters/embedded-log/database/log-file.ts');
  const { LogFileRefused } = await import('../../../../src/adapters/embedded-log/log-file-refused.ts');
  try {
    openLogFile(path, {}).database.close();
    return 'opened';
  } catch (error) {
    if (error instanceof LogFileRefused) return error.problem;
    throw error;
  }
}

parentPort?.postMessage(await open(workerData as OpenTask));
