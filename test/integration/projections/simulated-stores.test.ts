import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTransition } from '../../../src/application/decode-transition.ts';
import { ConcurrencyConflict } from '../../../src/application/failures.ts';
import type { Checkpoint, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Lease, Leases } from '../../../src/application/ports/leases.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { createLeases } from '../../../src/projections/leases.ts';
import {
  type ProjectedBatch,
  type ProjectionStore,
  projectionNameOf,
} from '../../../src/projections/projection-store.ts';
import { createStores, type Stores } from '../../../src/projections/stores.ts';
import { carryOut, order } from '../../support/domain/arbitrary.ts';
import { moment } from '../../support/domain/transitions.ts';
import { historyOf, placeAfter } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { emptyTables } from '../../support/read-database/rows.ts';
import { SimulatedStores } from '../../support/simulation/stores.ts';

const db = readTablesOfThisFile();

interface Side {
  readonly store: ProjectionStore;
  readonly dueWork: Stores['dueWork'];
  readonly leases: Leases;
  readonly places: (lease: Lease | null) => ReturnType<Stores['checkpoints']>;
}

/** What each side answers, or how it refuses. */
const answerOf = (asked: Promise<unknown>) =>
  asked.then(
    (answer) => ({ answer }),
    (error: unknown) => (error instanceof ConcurrencyConflict ? 'conflict' : String(error)),
  );

/** A commit from a place that is right or not, of some part of some histories, under a lease that is held or not. */
const step = fc.record({
  history: fc.nat(2),
  from: fc.nat(12),
  size: fc.integer({ min: 1, max: 6 }),
  isAtRightPlace: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  movesCheckpoint: fc.boolean(),
  lease: fc.constantFrom(null, 'first', 'latest'),
  takesOver: fc.boolean(),
  asksAt: fc.nat(90),
});
const story = fc.record({
  series: fc.tuple(...[0, 1, 2].map(() => fc.array(order, { maxLength: 10 }))),
  steps: fc.array(step, { maxLength: 12 }),
});

describe('the stores of the simulation', () => {
  it('answer as the real ones do', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ series, steps }) => {
        await emptyTables(db());
        await db().deleteFrom('leases').execute();
        const histories = series.map((orders, index) => historyOf(`event-${index}`, carryOut(orders).history));
        const simulated = new SimulatedStores(() => Date.now());
        const real = createStores(db());
        const sides: readonly Side[] = [
          {
            store: real.projection(events),
            dueWork: real.dueWork,
            leases: createLeases(db()),
            places: (lease) => real.checkpoints(lease),
          },
          {
            store: simulated.projection(projectionNameOf(events)),
            dueWork: simulated.dueWork,
            leases: simulated.leases,
            places: (lease) => simulated.checkpoints(lease),
          },
        ];
        const [one, other] = await Promise.all(sides.map((side) => live(side, histories, steps)));
        expect(other).toEqual(one);
      }),
      { numRuns: 60 },
    );
  });
});

/** Everything that one side says on the way. */
async function live(
  { store, dueWork, leases, places }: Side,
  histories: readonly (readonly RecordedTransition[])[],
  steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[],
): Promise<readonly unknown[]> {
  const said: unknown[] = [];
  const first = await leases.acquire('projector', 'first');
  let latest = first;
  said.push(first, await leases.acquire('projector', 'second'));
  for (const [index, { history, from, size, lease, ...told }] of steps.entries()) {
    if (told.takesOver && latest !== null) {
      await leases.release(latest);
      latest = await leases.acquire('projector', `owner-${index}`);
      said.push(latest, first && (await leases.renew(first)), latest && (await leases.renew(latest)));
    }
    const under = lease === null ? null : lease === 'first' ? first : latest;
    const found = await store.load();
    const transitions = (histories[history] ?? []).slice(from, from + size);
    const batch: ProjectedBatch = {
      decoded: transitions.map((recorded) => ({ recorded, transition: decodeTransition(recorded) })),
      failures: [],
      failedAt: moment(0),
      checkpoint: told.movesCheckpoint
        ? { from: told.isAtRightPlace ? found : ('elsewhere' as Checkpoint), to: placeAfter(index) }
        : null,
      lease: under,
    };
    said.push(found, await answerOf(store.commit(batch)), await store.load());
    said.push(await answerOf(places(under).save('dispatcher', placeAfter(index))));
    said.push(await places(null).load('dispatcher'));
    const due = await dueWork.due(moment(told.asksAt), 10);
    said.push(
      [...due].sort((a, b) => (a.eventId < b.eventId ? -1 : 1)),
      await dueWork.unfinished(null, 10),
    );
  }
  return said;
}
