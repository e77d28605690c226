import { describe, expect, it } from 'vitest';
import { ReadDatabaseRefused } from '../../../src/application/failures.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import type { ProjectedBatch, ProjectionStore } from '../../../src/projections/projection-store.ts';
import { createProjector, type ProjectorDependencies } from '../../../src/projections/projector.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { received } from '../../support/domain/transitions.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { checkpointAfter, historyOf, logOf } from '../../support/read-database/following.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const log = (count: number, name = 'halting') =>
  logOf(Array.from({ length: count }, (_, index) => historyOf(`${name} ${index}`, [received()])).flat());

/** Takes all rows but some. */
function storeRefusing(isRefused: (recorded: RecordedTransition) => boolean) {
  const committed: ProjectedBatch[] = [];
  let commits = 0;
  const store: ProjectionStore = {
    load: async () => committed.at(-1)?.checkpoint?.to ?? null,
    isCaughtUp: async () => true,
    markBehind: async () => {},
    markCaughtUp: async () => {},
    async commit(batch) {
      commits += 1;
      if (batch.decoded.some(({ recorded }) => isRefused(recorded))) throw new ReadDatabaseRefused('out of range');
      if (batch.checkpoint !== null) committed.push(batch);
    },
  };
  const passedOver = () => committed.flatMap(({ failures }) => failures).length;
  return { store, committed, passedOver, commits: () => commits };
}

const projectorOn = (store: ProjectionStore, others: Partial<ProjectorDependencies> = {}) =>
  createProjector(events, {
    ...{ store, log: createInMemoryLog(), clock: manualClock(), logger: silentLogger },
    batching: { fullBatch: 0, intervalMs: 0 },
    halting: { failures: 10, transitions: 50 },
    ...others,
  });

const halted = { code: 'projection-halted', retryable: true };

describe('a projection that cannot project', () => {
  it('a few transitions passes over them, however many there are in the end', async () => {
    const all = log(1_000);
    const { store, passedOver, committed } = storeRefusing(({ position }) => position % 20n === 0n);
    const projector = projectorOn(store);
    for (let from = 0; from < all.length; from += 25)
      await projector.handle(all.slice(from, from + 25), checkpointAfter(from + 25));
    expect(passedOver()).toBe(50);
    expect(committed).toHaveLength(40);
  });

  it('most of a batch halts before it, says where and why, and how to go on', async () => {
    const { store, committed } = storeRefusing(() => true);
    const failure = await projectorOn(store)
      .handle(log(40), checkpointAfter(40))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject(halted);
    expect(String(failure)).toMatch(/The projection events has halted.*event-[0-9a-f-]{36}, revision 0: out of range/);
    expect(String(failure)).toContain('eventops start --pass-over-up-to 39, or a later position');
    expect(committed).toEqual([]);
  });

  it('does not look for all that a large batch has of them', async () => {
    const { store, commits } = storeRefusing(() => true);
    await expect(projectorOn(store).handle(log(100), checkpointAfter(100))).rejects.toMatchObject(halted);
    expect(commits()).toBeLessThan(60);
  });

  it('transitions that come one at a time halts as well, and again after a restart', async () => {
    const { store, passedOver } = storeRefusing(() => true);
    const all = log(40);
    const handleAll = async () => {
      const projector = projectorOn(store);
      let position = Number((await projector.load()) ?? 0);
      for (; position < all.length; position += 1)
        await projector.handle(all.slice(position, position + 1), checkpointAfter(position + 1));
    };
    await expect(handleAll()).rejects.toMatchObject(halted);
    expect(passedOver()).toBe(10);
    await expect(handleAll()).rejects.toMatchObject(halted);
    expect(passedOver()).toBe(20);
  });

  it('goes on by itself once the cause is gone', async () => {
    let isBroken = true;
    const { store, committed, passedOver } = storeRefusing(() => isBroken);
    const projector = projectorOn(store);
    await expect(projector.handle(log(40), checkpointAfter(40))).rejects.toMatchObject(halted);
    isBroken = false;
    await projector.handle(log(40), checkpointAfter(40));
    expect([committed.length, passedOver()]).toEqual([1, 0]);
  });

  it('passes over what an operator has accepted, up to that position and no further', async () => {
    const { store, passedOver } = storeRefusing(() => true);
    const projector = projectorOn(store, { passOverUpTo: 39n });
    const all = log(80);
    await projector.handle(all.slice(0, 40), checkpointAfter(40));
    expect(passedOver()).toBe(40);
    await expect(projector.handle(all.slice(40), checkpointAfter(80))).rejects.toMatchObject(halted);
  });

  it('passes over what was accepted in a batch that goes further, of which only the rest counts', async () => {
    const { store, passedOver } = storeRefusing(({ position }) => position <= 39n);
    await projectorOn(store, { passOverUpTo: 39n }).handle(log(60), checkpointAfter(60));
    expect(passedOver()).toBe(40);
    const projector = projectorOn(storeRefusing(() => true).store, { passOverUpTo: 39n });
    await expect(projector.handle(log(60), checkpointAfter(60))).rejects.toMatchObject(halted);
  });
});
