import { describe, expect, it } from 'vitest';
import { followTypePauses } from '../../../../src/application/event-types/follow-type-pauses.ts';
import type { TypePauses } from '../../../../src/application/event-types/type-pauses.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { silentLogger } from '../../../support/worker/silent-logger.ts';
import { createVirtualClock } from '../../../support/worker/virtual-clock.ts';
import { createWorkshop, handlerOf } from '../../../support/worker/workshop.ts';

const context = {
  actor: { kind: 'principal', subject: 'ada', clientId: 'console', roles: [], tokenId: null },
} as const;
const asked = { reason: 'the warehouse moves', requestedBy: 'ada' };

/** A worker that hears of pauses as the log has them. */
async function workshop(handle: () => unknown = () => null, given: { readonly pauses?: TypePauses } = {}) {
  const log: EventLog = createInMemoryLog();
  const pauses = followTypePauses({ log, clock: createVirtualClock(), logger: silentLogger });
  await pauses.start();
  const shop = await createWorkshop([handlerOf(handle)], { log, pauses, ...given });
  const heard = () => shop.clock.run(0);
  const operate = async (kind: 'PauseEventType' | 'ResumeEventType', name: string) => {
    await shop.useCases.operateEventType({ name, command: { kind, ...asked }, context });
    await heard();
  };
  await heard();
  return {
    ...shop,
    log,
    pause: (name: string) => operate('PauseEventType', name),
    resume: (name: string) => operate('ResumeEventType', name),
    stepsOf: async (id: string) => (await shop.history(id)).map(({ type }) => type),
  };
}

describe('a worker', () => {
  it.each(['order.placed', 'order.*', '*'])(
    'begins no event of a type that is paused as %s, and loses none',
    async (name) => {
      const { receive, process, pause, resume, stepsOf } = await workshop();
      const id = await receive('k', { type: 'order.placed' });
      await pause(name);
      expect(await process(id)).toBe('acknowledged');
      expect(await stepsOf(id)).toEqual(['EventReceived']);
      await resume(name);
      await process(id);
      expect(await stepsOf(id)).toEqual(['EventReceived', 'ProcessingStarted', 'ProcessingSucceeded']);
    },
  );

  it('works on other types meanwhile', async () => {
    const { receive, process, pause, stepsOf } = await workshop();
    await pause('order.placed');
    const id = await receive('k', { type: 'order.placed.late' });
    await process(id);
    expect((await stepsOf(id)).at(-1)).toBe('ProcessingSucceeded');
  });

  it('ends what runs when the pause comes, and begins no retry of it', async () => {
    let pauseNow = async () => {};
    const { receive, process, pause, resume, stepsOf, clock } = await workshop(async () => {
      await pauseNow();
      throw new Error('the warehouse is away');
    });
    pauseNow = () => pause('order.placed');
    const id = await receive('k', { type: 'order.placed' });
    await process(id);
    const failed = ['EventReceived', 'ProcessingStarted', 'ProcessingFailed', 'RetryScheduled'];
    expect(await stepsOf(id)).toEqual(failed);
    await clock.run(60_000);
    await process(id, { attempt: 2 });
    expect(await stepsOf(id)).toEqual(failed);
    pauseNow = async () => {};
    await resume('order.placed');
    await process(id, { attempt: 2 });
    expect(await stepsOf(id)).toHaveLength(7);
  });

  it('that has heard of a pause and not of its end asks the log before it lays an event aside', async () => {
    const stale: TypePauses = {
      over: () => ['order.placed'],
      all: () => new Map(),
      latestResume: () => null,
      caughtUp: () => null,
    };
    const { receive, process, pause, resume, stepsOf } = await workshop(() => null, { pauses: stale });
    const id = await receive('k', { type: 'order.placed' });
    await pause('order.placed');
    await process(id);
    expect(await stepsOf(id)).toEqual(['EventReceived']);
    await resume('order.placed');
    await process(id);
    expect((await stepsOf(id)).at(-1)).toBe('ProcessingSucceeded');
  });

  it('that has just begun begins nothing before it knows what is paused', async () => {
    const caughtUp = Promise.withResolvers<void>();
    const pauses: TypePauses = {
      over: () => [],
      all: () => new Map(),
      latestResume: () => null,
      caughtUp: () => caughtUp.promise,
    };
    const { receive, deliver, stepsOf, clock, worker } = await workshop(() => null, { pauses });
    const id = await receive('k');
    const settled = deliver(id);
    await clock.run(1_000);
    expect(await stepsOf(id)).toEqual(['EventReceived']);
    await clock.finish(worker.stop());
    expect(await settled).toBe('released');
    caughtUp.resolve();
  });
});
