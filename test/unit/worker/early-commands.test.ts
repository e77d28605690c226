import { describe, expect, it } from 'vitest';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

const retry = { maxAttempts: 3, initialDelayMs: 400, factor: 1, maxDelayMs: 400 };

/** An event whose second attempt is due soon, and the moment from which it may start. */
async function workshopWithRetry() {
  let attempts = 0;
  const startedAt: number[] = [];
  const workshop = await createWorkshop([
    handlerOf(
      async () => {
        startedAt.push(workshop.clock.now());
        if (++attempts === 1) throw new Error('Not at the first attempt');
        return null;
      },
      { retry },
    ),
  ]);
  const eventId = await workshop.receive('k');
  await workshop.process(eventId);
  const scheduled = (await workshop.history(eventId)).at(-1);
  if (scheduled?.type !== 'RetryScheduled') throw new Error('No retry is scheduled');
  return { ...workshop, eventId, dueAt: scheduled.data.dueAt, startedAt };
}

describe('a command for an attempt that may not start yet', () => {
  it('is held until it may, by a worker whose clock is a little behind, and then carried out', async () => {
    const { eventId, dueAt, process, startedAt, history } = await workshopWithRetry();
    expect(await process(eventId, { attempt: 2, dueAt })).toBe('acknowledged');
    expect(startedAt[1]).toBe(Date.parse(dueAt));
    expect((await history(eventId)).at(-1)?.type).toBe('ProcessingSucceeded');
  });

  it('is held as well when only the history says so, as for a command of an earlier version', async () => {
    const { eventId, dueAt, process, startedAt } = await workshopWithRetry();
    expect(await process(eventId, { attempt: 2 })).toBe('acknowledged');
    expect(startedAt[1]).toBe(Date.parse(dueAt));
  });

  it('is given back after a short while by a worker whose clock is hours behind, without having been tried', async () => {
    const { eventId, clock, process, startedAt, history } = await workshopWithRetry();
    const before = (await history(eventId)).length;
    const beganAt = clock.now();
    const dueAt = timestamp(beganAt + 3 * 3_600_000);
    expect(await process(eventId, { attempt: 2, dueAt })).toBe('released');
    expect(clock.now() - beganAt).toBe(5_000);
    expect(startedAt).toHaveLength(1);
    expect(await history(eventId)).toHaveLength(before);
  });

  it.each([1, 2, 3])('is given back after as long as it may be held: %s ms', async (longestWaitMs) => {
    const { clock, deliver } = await createWorkshop([handlerOf(async () => null)], { limits: { longestWaitMs } });
    const beganAt = clock.now();
    const command = { attempt: 2, dueAt: timestamp(beganAt + 10_000) };
    expect(await clock.finish(deliver(eventIdOf('client', 'k'), command))).toBe('released');
    expect(clock.now() - beganAt).toBe(longestWaitMs);
  });

  it('keeps no other event waiting meanwhile', async () => {
    const { clock, receive, deliver, history } = await createWorkshop([handlerOf(async () => null)], {
      limits: { eventsInHand: 1 },
    });
    const later = deliver(await receive('later'), { attempt: 2, dueAt: timestamp(clock.now() + 4_000) });
    const now = await receive('now');
    const beganAt = clock.now();
    await clock.finish(deliver(now));
    expect((await history(now)).at(-1)?.type).toBe('ProcessingSucceeded');
    expect(clock.now() - beganAt).toBeLessThan(4_000);
    await clock.finish(later);
  });

  it('is given back at once when the worker is stopped', async () => {
    const { clock, worker, deliver } = await createWorkshop([handlerOf(async () => null)]);
    const beganAt = clock.now();
    const early = deliver(eventIdOf('client', 'k'), { attempt: 2, dueAt: timestamp(beganAt + 4_000) });
    await clock.finish(worker.stop());
    expect(await early).toBe('released');
    expect(clock.now() - beganAt).toBe(0);
  });
});
