import { type CrashPoint, crashPoints } from '../../../src/main/crash-points/crash-points.ts';

/** What nobody does in one process with an embedded log: nobody to share with, and a log that is never away. */
const fullProfileOnly = /^(release|take-lease|renew-lease|release-lease)\./;
/** Come to once in the life of a process, or once in each of its roles. */
const onceInALife = /^(consume|read-head|load-checkpoint|load-projection|verify-checkpoint|read-unfinished)\./;

export interface Crash {
  readonly point: CrashPoint;
  readonly times: number;
}

/** Each point once, and every other one again, later in a life, where a process comes there often. */
export function embeddedCrashes(seed: number): readonly Crash[] {
  const points = crashPoints.filter((point) => !fullProfileOnly.test(point));
  const again = points.filter((point, index) => !onceInALife.test(point) && (index >> 1) % 2 === seed % 2);
  return [
    ...points.map((point) => ({ point, times: 1 })),
    ...again.map((point, index) => ({ point, times: 2 + ((index + seed) % 5) })),
  ];
}
