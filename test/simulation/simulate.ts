/**
 * Runs the deterministic simulation: `npm run test:simulation -- --seeds 2000`. With `--seed 7` it tells one run step by
 * step, with `--planted-bugs` it shows what the simulation is able to notice.
 */
import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import { describeScenario } from '../support/simulation/describe-scenario.ts';
import { generateScenario } from '../support/simulation/generate-scenario.ts';
import { plantedBugs } from '../support/simulation/planted-bugs.ts';
import { runScenario } from '../support/simulation/run-scenario.ts';
import { catchBug, runSeeds, type SeedsResult } from '../support/simulation/run-seeds.ts';
import { shrink } from '../support/simulation/shrink.ts';

const { values: given } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    'planted-bugs': { type: 'boolean', default: false },
  },
});

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${option}: ${text} is no whole number from 1 on`);
  process.exit(2);
}

async function runMany(from: number, count: number): Promise<void> {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {value}/{total} seeds, {breaches} broken, {eta_formatted} to go',
    noTTYOutput: false,
  });
  bar.start(count, 0, { breaches: 0 });
  const startedAt = performance.now();
  const result = await runSeeds({
    from,
    count,
    onProgress: ({ seeds, breaches }) => bar.update(seeds, { breaches: seedsOf(breaches).length }),
  });
  bar.stop();
  const seconds = (performance.now() - startedAt) / 1_000;
  printCounts(result, seconds);
  const broken = seedsOf(result.breaches);
  console.log(`${result.seeds - broken.length} seeds clean, ${broken.length} broken`);
  const [first] = broken;
  if (first === undefined) return;
  for (const { seed, guarantee, what } of result.breaches.slice(0, 20))
    console.log(`seed ${seed}: ${guarantee} ${what}`);
  await tellSeed(first);
}

function printCounts({ seeds, events, transitions, happened }: SeedsResult, seconds: number): void {
  console.log(
    `${seeds} seeds from ${given.from}: ${events} events, ${transitions} transitions in ${seconds.toFixed(0)} s`,
  );
  for (const [effect, times] of [...happened].sort(([, one], [, other]) => other - one))
    console.log(`${String(times).padStart(9)}  ${effect}`);
}

const seedsOf = (breaches: SeedsResult['breaches']) => [...new Set(breaches.map(({ seed }) => seed))];

/** What happens in one run; in a broken one, in the smallest that is still broken in one of the same ways. */
async function tellSeed(seed: number): Promise<void> {
  const whole = generateScenario(seed);
  const { breaches: found } = await runScenario(whole);
  const kinds = new Set(found.map(({ kind }) => kind));
  const isBroken = async (smaller: typeof whole) =>
    (await runScenario(smaller)).breaches.some(({ kind }) => kinds.has(kind));
  const { scenario, runs } = found.length === 0 ? { scenario: whole, runs: 0 } : await shrink(whole, isBroken);
  const { story, breaches } = await runScenario(scenario, { tell: true });
  console.log(`\n${describeScenario(scenario)}\n\n${story.join('\n')}\n`);
  if (found.length === 0) return console.log(`Seed ${seed} is clean`);
  console.log(`Seed ${seed} is broken; the steps above are what is left of it after ${runs} smaller runs`);
  for (const { guarantee, kind, eventId, what } of breaches) console.log(`${guarantee} ${kind}: ${eventId} ${what}`);
  process.exitCode = 1;
}

/** A bug that so many do not notice needs a scenario that has it. */
const MOST_SEEDS_OF_BUG = 5_000;

async function catchBugs(): Promise<void> {
  let missed = 0;
  console.log(`${'bug'.padEnd(70)} ${'seed'.padStart(6)} ${'noted'.padStart(6)}  noticed by`);
  for (const { name, caughtBy } of plantedBugs) {
    const { seeds, breaches } = await catchBug(name, { from: 1, atMost: MOST_SEEDS_OF_BUG });
    const [first] = breaches;
    if (first === undefined) missed++;
    const by = first === undefined ? 'NOT CAUGHT' : `${first.guarantee} ${first.what.slice(0, 90)}`;
    console.log(`${name.padEnd(70)} ${String(seeds).padStart(6)} ${String(caughtBy).padStart(6)}  ${by}`);
  }
  console.log(`${plantedBugs.length - missed} of ${plantedBugs.length} planted bugs caught`);
  if (missed > 0) process.exitCode = 1;
}

if (given.seed !== undefined) await tellSeed(wholeNumber('seed', given.seed));
else if (given['planted-bugs']) await catchBugs();
else await runMany(wholeNumber('from', given.from), wholeNumber('seeds', given.seeds));
