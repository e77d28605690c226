/** Runs a range of seeds, perhaps with a bug in the code, and tells how it goes. */
import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { plant } from './plant-bug.ts';
import { plantedBugs } from './planted-bugs.ts';
import type { Scenario } from './scenario.ts';

/** What the thread is asked for. */
export interface SeedsTask {
  readonly from: number;
  readonly count: number;
  readonly bug: string | null;
  /** Ends at the first seed with a breach. */
  readonly untilBreach: boolean;
}

export interface SeedBreach {
  readonly seed: number;
  readonly guarantee: string;
  readonly what: string;
}

/** What it tells from time to time; counts are since the last time. */
export interface SeedsProgress {
  readonly seeds: number;
  readonly events: number;
  readonly transitions: number;
  readonly happened: readonly (readonly [effect: string, times: number])[];
  readonly breaches: readonly SeedBreach[];
}

const TELL_EVERY = 50;

// For a planted bug, most of the work is to load the code.
enableCompileCache('node_modules/.cache/eventops/compiled');
const { from, count, bug, untilBreach } = workerData as SeedsTask;
const planted = plantedBugs.find(({ name }) => name === bug);
if (bug !== null && planted === undefined) throw new Error(`There is no bug of the name ${bug}`);
if (planted !== undefined) plant(planted);
// After the planting.
const [{ generateScenario }, { runScenario }] = await Promise.all([
  import('./generate-scenario.ts'),
  import('./run-scenario.ts'),
]);

function withRestoredLog(scenario: Scenario): Scenario {
  const { seed, faults, peaceAt } = scenario;
  // What was falsified is judged by when it was, which this would change.
  if (faults.some(({ kind }) => kind === 'falsified')) return scenario;
  const at = 500 + ((seed * 7_919) % Math.max(1, peaceAt - 1_000));
  return { ...scenario, faults: [...faults, { kind: 'timed', at, what: 'restore log', transitions: 1 + (seed % 8) }] };
}

let [seeds, events, transitions] = [0, 0, 0];
let happened = new Map<string, number>();
let breaches: SeedBreach[] = [];
const tell = () => {
  const progress: SeedsProgress = { seeds, events, transitions, happened: [...happened], breaches };
  parentPort?.postMessage(progress);
  [seeds, events, transitions] = [0, 0, 0];
  happened = new Map();
  breaches = [];
};

for (let seed = from; seed < from + count; seed++) {
  const drawn = generateScenario(seed);
  const outcome = await runScenario(planted?.restoresLog === true ? withRestoredLog(drawn) : drawn);
  seeds++;
  events += outcome.events;
  transitions += outcome.transitions;
  for (const [effect, times] of outcome.happened) happened.set(effect, (happened.get(effect) ?? 0) + times);
  for (const { guarantee, kind, what } of outcome.breaches.slice(0, 3))
    breaches.push({ seed, guarantee, what: `${kind}: ${what}` });
  if (untilBreach && outcome.breaches.length > 0) break;
  if (seeds === TELL_EVERY) tell();
}
tell();
