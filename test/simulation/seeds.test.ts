import { describe, expect, it } from 'vitest';
import { describeScenario } from '../support/simulation/describe-scenario.ts';
import { generateScenario } from '../support/simulation/generate-scenario.ts';
import { runScenario } from '../support/simulation/run-scenario.ts';
import { runSeeds } from '../support/simulation/run-seeds.ts';
import type { Scenario } from '../support/simulation/scenario.ts';
import { shrink } from '../support/simulation/shrink.ts';

/** Other seeds each day would find more; the same ones tell whether it was this change. `--seeds` runs more. */
const SEEDS = 600;

describe('the simulation', () => {
  it('finds no promise broken', async () => {
    const { seeds, events, happened, breaches } = await runSeeds({ from: 1, count: SEEDS });
    expect(breaches).toEqual([]);
    expect(seeds).toBe(SEEDS);
    expect(events).toBeGreaterThan(SEEDS);
    // A run in which nothing goes wrong would find nothing, either.
    const effects = ['killed', 'frozen', 'stopped', 'refused', 'vanished', 'lost', 'late', 'slow', 'clock jumped'];
    const ofTheBroker = ['broker wiped', 'connection lost', 'command lost', 'command repeated'];
    const ofThePast = ['tables lost', 'tables restored', 'tables stuck', 'log restored', 'falsified'];
    const ofHandlers = ['handlers crashed', 'handlers held', 'handlers killed'];
    for (const effect of [...effects, ...ofTheBroker, ...ofThePast, ...ofHandlers])
      expect.soft(happened.get(effect), effect).toBeGreaterThan(0);
  });

  it.each([3, 17, 928])('runs seed %i the same way each time, step by step', async (seed) => {
    const once = await runScenario(generateScenario(seed), { tell: true });
    const again = await runScenario(generateScenario(seed), { tell: true });
    expect(once.story.length).toBeGreaterThan(5);
    expect(again.story).toEqual(once.story);
  });

  it('leaves of a broken scenario the steps that matter', async () => {
    const whole = generateScenario(5);
    const matters = whole.faults[1];
    const isBroken = async ({ faults }: Scenario) => matters !== undefined && faults.includes(matters);
    const { scenario } = await shrink(whole, isBroken);
    expect(scenario.faults).toEqual([matters]);
    expect(scenario.events).toHaveLength(1);
    expect(scenario.acts).toEqual([]);
    expect(describeScenario(scenario).split('\n')).toHaveLength(3);
  });
});
