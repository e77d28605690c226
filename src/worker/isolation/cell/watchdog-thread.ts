import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { OUT_OF_MEMORY, WATCHDOG_DESCRIPTOR, WATCHDOG_LOOKS_EVERY_MS } from '../process-layout.ts';

/** Beside a thread that handlers may hold: ends the whole group when it takes too much memory, or when its worker died. */
const { maxMiB, parent, group } = workerData as {
  readonly maxMiB: number;
  readonly parent: number;
  readonly group: number;
};
const maxBytes = maxMiB * 1024 * 1024;

const endGroup = () => {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    process.kill(group, 'SIGKILL');
  }
};

setInterval(() => {
  if (process.ppid !== parent) endGroup();
  if (process.memoryUsage.rss() <= maxBytes) return;
  try {
    writeSync(WATCHDOG_DESCRIPTOR, OUT_OF_MEMORY);
  } finally {
    endGroup();
  }
}, WATCHDOG_LOOKS_EVERY_MS);
