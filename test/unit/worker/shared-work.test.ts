import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { conducts, idOf, keyOf, MAX_ATTEMPTS, obedientHandler } from '../../support/worker/conduct.ts';
import { breaches, isAtAnEnd, readHistories } from '../../support/worker/histories.ts';
import { InMemoryRows } from '../../support/worker/in-memory-rows.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createSeededChance } from '../../support/worker/seeded-chance.ts';
import { SimulatedProcess, type World } from '../../support/worker/simulated-process.ts';
import { UnreliableBroker } from '../../support/worker/unreliable-broker.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

/** Accidents happen in the first so many milliseconds; then there is peace. */
const TROUBLED_MS = 8_000;
/** Longer than a lease: whoever is paused for so long comes back with a late outcome. */
const PAUSE_MS = 11_000;

const accident = fc.record({
  atMs: fc.nat(TROUBLED_MS),
  what: fc.constantFrom('a worker dies', 'a worker pauses', 'the dispatcher dies', 'the broker forgets', 'a replay'),
  which: fc.nat(20),
});

const ordeal = fc.record({
  seed: fc.integer(),
  told: conducts('succeeds', 'fails', 'is refused for good', 'hangs', 'is slow'),
  accidents: fc.array(accident, { maxLength: 8 }),
  lost: fc.constantFrom(0, 0.3),
  repeated: fc.constantFrom(0, 0.5),
  answersLost: fc.constantFrom(0, 0.4),
});
type Ordeal = typeof ordeal extends fc.Arbitrary<infer Each> ? Each : never;

/** Two workers, and one process for everything else, all of which can die and come back. */
class SharedWork {
  readonly world: World & { readonly broker: UnreliableBroker };
  readonly workers: [SimulatedProcess, SimulatedProcess];
  control: SimulatedProcess;

  constructor(world: World & { readonly broker: UnreliableBroker }) {
    this.world = world;
    this.workers = [new SimulatedProcess(world), new SimulatedProcess(world)];
    this.control = new SimulatedProcess(world);
  }

  async start(): Promise<void> {
    await this.control.start(['projector', 'dispatcher', 'sweep']);
    for (const worker of this.workers) await worker.start(['worker']);
  }

  async happen({ atMs, what, which }: Ordeal['accidents'][number], events: number): Promise<void> {
    const { clock, broker } = this.world;
    await clock.sleep(atMs);
    const place = which % 2 === 0 ? 0 : 1;
    switch (what) {
      case 'a worker pauses':
        return this.workers[place].life.pause(PAUSE_MS);
      case 'the broker forgets':
        return broker.wipe();
      case 'a replay': {
        const request = { reason: 'wished', requestedBy: 'operator' };
        await createUseCases(this.world).replayEvent(idOf(which % events), request, byClient);
        return;
      }
      case 'a worker dies':
        this.workers[place].life.endAfter(which);
        await clock.sleep(500);
        this.workers[place] = new SimulatedProcess(this.world);
        return this.workers[place].start(['worker']);
      case 'the dispatcher dies':
        this.control.life.endAfter(which);
        await clock.sleep(500);
        this.control = new SimulatedProcess(this.world);
        return this.control.start(['projector', 'dispatcher', 'sweep']);
    }
  }
}

/** Posts the events, lets the accidents happen, and then waits in peace until every event is at an end. */
async function endure({ seed, told, accidents, lost, repeated, answersLost }: Ordeal) {
  const clock = createVirtualClock();
  const chance = createSeededChance(seed);
  const runs: string[] = [];
  const broker = Object.assign(new UnreliableBroker(chance), { lost, repeated });
  const world = {
    ...{ clock, chance, broker, answersLost },
    log: createInMemoryLog(),
    rows: new InMemoryRows(),
    handlers: [obedientHandler(told, { clock, runs })],
  };
  const work = new SharedWork(world);
  await work.start();
  const post = async (index: number) => {
    await clock.sleep(chance.fraction() * 4_000);
    await createUseCases(world).receiveEvent(posted(keyOf(index)), byClient);
  };
  const happenings = [
    ...told.map((_, index) => post(index)),
    ...accidents.map((each) => work.happen(each, told.length)),
  ];
  await clock.run(TROUBLED_MS + 1_000);
  await Promise.all(happenings);
  Object.assign(broker, { lost: 0, repeated: 0 });
  world.answersLost = 0;
  await clock.runUntil(() => {
    const events = [...world.rows.rows.values()].map(({ event }) => event.state);
    return events.length === told.length && events.every(isAtAnEnd);
  });
  return {
    runs,
    histories: await readHistories(
      world.log,
      told.map((_, index) => idOf(index)),
    ),
  };
}

describe('events that two workers share', () => {
  it('each reach one end, attempt by attempt, whatever dies, pauses, repeats, changes places or is lost', async () => {
    await fc.assert(
      fc.asyncProperty(ordeal, async (given) => {
        const { histories, runs } = await endure(given);
        expect(breaches(histories, MAX_ATTEMPTS)).toEqual([]);
        expect(runs, 'every attempt runs its handler once').toEqual([...new Set(runs)]);
      }),
      { numRuns: 100 },
    );
  });
});
