import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEventTransition } from '../../../src/application/event-history.ts';
import { ConcurrencyConflict } from '../../../src/application/failures.ts';
import type { DueKind } from '../../../src/application/ports/due-work.ts';
import type { Checkpoint, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Lease, Leases } from '../../../src/application/ports/leases.ts';
import { dueWork } from '../../../src/projections/due-work/read-model.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { createLeases } from '../../../src/projections/leases.ts';
import type { ProjectedBatch, ProjectionStore } from '../../../src/projections/projection-store.ts';
import { createStores, type Stores } from '../../../src/projections/stores.ts';
import { carryOut, order } from '../../support/domain/arbitrary.ts';
import { moment } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { emptyTables } from '../../support/read-database/rows.ts';
import { SimulatedStores } from '../../support/simulation/stores.ts';

const db = readTablesOfThisFile();

interface Side {
  readonly events: ProjectionStore;
  readonly due: ProjectionStore;
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
  isAtRightCheckpoint: fc.oneof(
    { weight: 4, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  movesCheckpoint: fc.boolean(),
  lease: fc.constantFrom(null, 'first', 'latest'),
  takesOver: fc.boolean(),
  takes: fc.constantFrom<DueKind>('command', 'retry', 'lease', 'unreadable'),
  limit: fc.integer({ min: 1, max: 3 }),
  hastens: fc.boolean(),
  putsOff: fc.boolean(),
  isCaughtUp: fc.boolean(),
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
            events: real.projection(events),
            due: real.projection(dueWork),
            dueWork: real.dueWork,
            leases: createLeases(db()),
            places: (lease) => real.checkpoints(lease),
          },
          {
            events: simulated.projection(events),
            due: simulated.projection(dueWork),
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
  { events: store, due: dueStore, dueWork: work, leases, places }: Side,
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
      decoded: transitions.map((recorded) => ({ recorded, transition: decodeEventTransition(recorded) })),
      failures: [],
      failedAt: moment(0),
      checkpoint: told.movesCheckpoint
        ? { from: told.isAtRightCheckpoint ? found : ('elsewhere' as Checkpoint), to: checkpointAfter(index) }
        : null,
      lease: under,
    };
    said.push(found, await answerOf(store.commit(batch)), await store.load());
    said.push(await answerOf(places(under).save('dispatcher', checkpointAfter(index))));
    said.push(await places(null).load('dispatcher'));
    const dueFound = await dueStore.load();
    const checkpoint = batch.checkpoint && { ...batch.checkpoint, from: told.isAtRightCheckpoint ? dueFound : found };
    said.push(await answerOf(dueStore.commit({ ...batch, checkpoint })), await dueStore.load());
    const reached = told.isAtRightCheckpoint ? await dueStore.load() : found;
    said.push(await answerOf(told.isCaughtUp ? dueStore.markCaughtUp(reached) : dueStore.markBehind()));
    said.push(await work.isCaughtUp());
    if (told.hastens) said.push(await work.hasten(['command', 'lease'], null, told.limit));
    const taken = await work.take(told.takes, told.limit, told.putsOff ? 0 : 600_000);
    // Of those of one moment any come first.
    if (told.limit === 3) said.push(taken.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1)));
    if (told.putsOff) await work.putOff(taken, { initialDelayMs: 600_000, maxDelayMs: 600_000 });
  }
  return said;
}
