/** Runs seeds of the simulation of replay plans with a bug in the code, and tells the first breach. */
import { parentPort, workerData } from 'node:worker_threads';
import { plant } from './plant-bug.ts';
import { replayPlanBugs } from './replay-plans-bugs.ts';

const { bug, from, count } = workerData as { readonly bug: string; readonly from: number; readonly count: number };
const planted = replayPlanBugs.find(({ name }) => name === bug);
if (planted === undefined) throw new Error(`There is no bug of the name ${bug}`);
plant(planted);
// After the planting.
const { liveReplayPlans } = await import('./replay-plans.ts');
let caught: { readonly seed: number; readonly breach: string } | null = null;
for (let seed = from; caught === null && seed < from + count; seed += 1) {
  const [breach] = (await liveReplayPlans(seed)).breaches;
  if (breach !== undefined) caught = { seed, breach };
}
parentPort?.postMessage(caught);
