/** Runs seeds of the simulation of pauses with a bug in the code, and tells the first breach. */
import { parentPort, workerData } from 'node:worker_threads';
import { plant } from './plant-bug.ts';
import { typePausesBugs } from './type-pauses-bugs.ts';

const { bug, from, count } = workerData as { readonly bug: string; readonly from: number; readonly count: number };
const planted = typePausesBugs.find(({ name }) => name === bug);
if (planted === undefined) throw new Error(`There is no bug of the name ${bug}`);
plant(planted);
// After the planting.
const { liveTypePauses } = await import('./type-pauses.ts');
let caught: { readonly seed: number; readonly breach: string } | null = null;
for (let seed = from; caught === null && seed < from + count; seed += 1) {
  const [breach] = (await liveTypePauses(seed)).breaches;
  if (breach !== undefined) caught = { seed, breach };
}
parentPort?.postMessage(caught);
