import { readFileSync } from 'node:fs';

/** The most memory that a process has had resident, in MiB. Linux alone says so. */
export const peakMemoryOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
