import { type CrashPoint, crashPoints } from '../../../src/main/crash-points/crash-points.ts';

/** What nobody does in one process with an embedded log: nobody to share with, and a log that is never away. */
const fullProfileOnly = /^(release|take-lease|renew-lease|release-lease)\./;
/** Come to once in the life of a process, or once in each of its roles. */
const onceInALife = /^(consume|read-head|load-checkpoint|load-projection|verify-checkpoint|read-unfinished)\./;

export interface Crash {
  readonly point: CrashPoint;
  readonly times: number;
}

/** Each point the first time, and once more later where a process comes there again. */
export const embeddedCrashes: readonly Crash[] = crashPoints
  .filter((point) => !fullProfileOnly.test(point))
  .flatMap((point, index) => [
    { point, times: 1 },
    ...(onceInALife.test(point) ? [] : [{ point, times: 2 + (index % 5) }]),
  ]);
