import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PlantedBug } from '../../simulation/planted-bugs.ts';

/** Of the embedded log: the simulation has a log without files. */
export const lostEndIsNotNoticed: PlantedBug = {
  name: 'the end of the log is missing, and nothing is said',
  caughtBy: 1,
  edits: [
    {
      file: 'adapters/embedded-log/database/proof-of-loss.ts',
      find: "if (mark !== null && mark !== 'damaged' && mark.position > 0) {",
      replace: "if (mark !== null && mark !== 'damaged' && mark.position < 0) {",
    },
  ],
};

export interface OpenTask {
  readonly path: string;
  readonly bug: PlantedBug | null;
}

/** Opens a log file in a thread of its own. Resolves with `incomplete` and the like when it is refused, or `opened`. */
export async function openedWithBug(path: string, bug: PlantedBug | null): Promise<string> {
  const task: OpenTask = { path, bug };
  const [found] = await once(new Worker(new URL('open-thread.ts', import.meta.url), { workerData: task }), 'message');
  return found;
}
