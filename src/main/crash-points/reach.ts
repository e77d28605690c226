import type { CrashPoint } from './crash-points.ts';

/** Called each time the process comes to a point. */
export type Reach = (point: CrashPoint) => void;

/** SIGKILL, so that nothing is flushed, finished or released. The call does not return. */
const killThisProcess = () => void process.kill(process.pid, 'SIGKILL');

/** Kills the process the `times`-th time that it comes to `point`. */
export function crashAt(point: CrashPoint, times: number, kill: () => void = killThisProcess): Reach {
  let reached = 0;
  return (here) => {
    if (here !== point) return;
    reached += 1;
    if (reached === times) kill();
  };
}
