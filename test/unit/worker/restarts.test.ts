import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { conducts, idOf, keyOf, MAX_ATTEMPTS, obedientHandler } from '../../support/worker/conduct.ts';
import { breaches, isAtAnEnd, readHistories } from '../../support/worker/histories.ts';
import { InMemoryRows, SUSPECTED_AFTER_MS } from '../../support/worker/in-memory-rows.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createSeededChance } from '../../support/worker/seeded-chance.ts';
import { SimulatedProcess } from '../../support/worker/simulated-process.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

/** Before a command seems lost, and before a lease ends: whoever waits for either of them comes too late. */
const SOON_MS = SUSPECTED_AFTER_MS - 1_000;
/** What one process does for five events takes a few hundred steps. */
const MOST_STEPS = 400;

const story = fc.record({
  seed: fc.integer(),
  told: conducts('succeeds', 'fails', 'is refused for good', 'is slow'),
  /** After how many steps each process but the last is killed, and whether its read tables go with it. */
  kills: fc.array(fc.record({ afterSteps: fc.nat(MOST_STEPS), losesRows: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
});

/** One process after the other on one log, with a bus that dies with each; how long the last one needs. */
async function live({ seed, told, kills }: typeof story extends fc.Arbitrary<infer Each> ? Each : never) {
  const clock = createVirtualClock();
  const chance = createSeededChance(seed);
  const world = {
    ...{ clock, chance, broker: null, answersLost: 0 },
    log: createInMemoryLog(),
    rows: new InMemoryRows(),
    handlers: [obedientHandler(told, { clock, runs: [] })],
  };
  const post = (index: number) => createUseCases(world).receiveEvent(posted(keyOf(index)), byClient);
  const begin = async () => {
    const process = new SimulatedProcess(world);
    await process.start(['projector', 'dispatcher', 'worker', 'sweep']);
    return process;
  };
  const unposted = [...told.keys()];
  for (const { afterSteps, losesRows } of kills) {
    const { life } = await begin();
    life.endAfter(afterSteps);
    for (const index of unposted.splice(0, 2)) await post(index);
    await clock.runUntil(() => life.isOver);
    if (losesRows) world.rows = new InMemoryRows();
  }
  for (const index of unposted) await post(index);
  const startedAt = clock.now();
  await begin();
  await clock.runUntil(() => {
    const events = [...world.rows.rows.values()].map(({ event }) => event.state);
    return events.length === told.length && events.every(isAtAnEnd);
  });
  return {
    tookMs: clock.now() - startedAt,
    histories: await readHistories(
      world.log,
      told.map((_, index) => idOf(index)),
    ),
  };
}

describe('events of a process that is killed', () => {
  it('reach an end soon after the next start, at whatever step it was killed', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (given) => {
        const { histories, tookMs } = await live(given);
        expect(breaches(histories, MAX_ATTEMPTS)).toEqual([]);
        expect(tookMs).toBeLessThan(SOON_MS);
      }),
      { numRuns: 100 },
    );
  });
});
