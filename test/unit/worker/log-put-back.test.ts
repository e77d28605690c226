import { describe, expect, it } from 'vitest';
import { isUnbroken } from '../../../src/application/envelope.ts';
import { streamOf } from '../../../src/application/event-identity.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

/** A handler that runs as the log is put back to its first so many transitions. */
async function runningWhile(kept: number) {
  const log = createInMemoryLog();
  const begun = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const handler = handlerOf(() => {
    begun.resolve();
    return mayEnd.promise;
  });
  const workshop = await createWorkshop([handler], { log });
  const id = await workshop.receive('k');
  const settled = workshop.deliver(id);
  await begun.promise;
  log.restore(kept);
  const end = async () => {
    mayEnd.resolve();
    return workshop.clock.finish(settled);
  };
  const types = async () => (await workshop.history(id)).map(({ type }) => type);
  return { ...workshop, log, id, end, types };
}

describe('the outcome of a handler that ran as the log was put back to an older state', () => {
  it('is not appended to the claim of another worker that stands where the lost claim stood', async () => {
    const { log, id, clock, useCases, end, types } = await runningWhile(1);
    const claim = {
      ...{ generation: 0, attempt: 1, worker: 'worker-2', now: new Date(clock.now()).toISOString() },
      leaseExpiresAt: new Date(clock.now() + 60_000).toISOString(),
    };
    await useCases.startProcessing(id, claim, { actor: { kind: 'process', process: 'worker-2' } });
    expect(await end()).toBe('acknowledged');
    expect(await types()).toEqual(['EventReceived', 'ProcessingStarted']);
    expect(isUnbroken(await log.readStream(streamOf(id)))).toBe(true);
  });

  it('is dropped when the log has lost the claim', async () => {
    const { end, types } = await runningWhile(1);
    expect(await end()).toBe('acknowledged');
    expect(await types()).toEqual(['EventReceived']);
  });

  it('is recorded when the log has lost nothing', async () => {
    const { log, id, end, types } = await runningWhile(2);
    expect(await end()).toBe('acknowledged');
    expect(await types()).toEqual(['EventReceived', 'ProcessingStarted', 'ProcessingSucceeded']);
    expect(isUnbroken(await log.readStream(streamOf(id)))).toBe(true);
  });
});
