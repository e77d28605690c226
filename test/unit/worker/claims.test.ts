import { describe, expect, it } from 'vitest';
import { load } from '../../../src/application/load.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import { LEASE_MARGIN_MS } from '../../../src/worker/lease.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

const succeeds = handlerOf(async () => null, { timeoutMs: 2_000 });

/** Counts the reads of streams. */
function countingReads(log: EventLog = createInMemoryLog()) {
  const counted = { log, reads: 0 };
  counted.log = {
    ...log,
    readStream: (...args) => {
      counted.reads++;
      return log.readStream(...args);
    },
  };
  return counted;
}

describe('a claim', () => {
  it("names the worker and is believed for the handler's deadline and a margin", async () => {
    const { clock, receive, process, history } = await createWorkshop([succeeds]);
    const id = await receive('k');
    const leaseExpiresAt = new Date(clock.now() + 2_000 + LEASE_MARGIN_MS).toISOString();
    expect(await process(id)).toBe('acknowledged');
    expect((await history(id))[1]).toEqual({
      type: 'ProcessingStarted',
      data: { generation: 0, attempt: 1, worker: 'worker-1', leaseExpiresAt },
    });
  });

  it('needs no read when the command carries the event', async () => {
    const counted = countingReads();
    const { receive, process, history } = await createWorkshop([succeeds], counted);
    const id = await receive('k');
    const event = await load(eventAggregate, counted.log, id);
    counted.reads = 0;
    await process(id, { event });
    expect(counted.reads).toBe(0);
    expect((await history(id)).at(-1)?.type).toBe('ProcessingSucceeded');
  });

  it('succeeds for one of two commands that ask for the same attempt', async () => {
    let runs = 0;
    const { clock, receive, deliver, history } = await createWorkshop([handlerOf(async () => ++runs)]);
    const id = await receive('k');
    expect(await clock.finish(Promise.all([deliver(id), deliver(id)]))).toEqual(['acknowledged', 'acknowledged']);
    expect(runs).toBe(1);
    expect((await history(id)).map(({ type }) => type)).toEqual([
      'EventReceived',
      'ProcessingStarted',
      'ProcessingSucceeded',
    ]);
  });

  it.each([
    ['of an event that does not exist', {}, 'another'],
    ['of an attempt that is not next', { attempt: 2 }, 'k'],
    ['of a generation that has not begun', { generation: 1 }, 'k'],
  ])('%s is refused, and its command dropped', async (_, command, key) => {
    let runs = 0;
    const { receive, process } = await createWorkshop([handlerOf(async () => ++runs)]);
    const id = await receive('k');
    expect(await process(key === 'k' ? id : 'no-such-event', command)).toBe('acknowledged');
    expect(runs).toBe(0);
  });

  it('that is answered after its lease has ended starts nothing', async () => {
    let runs = 0;
    const log = createInMemoryLog();
    const slow: EventLog = { ...log };
    const { clock, receive, process, history } = await createWorkshop([handlerOf(async () => ++runs)], { log: slow });
    const id = await receive('k');
    slow.append = async (request) => {
      const outcome = await log.append(request);
      await clock.sleep(60_000);
      return outcome;
    };
    expect(await process(id)).toBe('acknowledged');
    expect(runs).toBe(0);
    expect((await history(id)).at(-1)?.type).toBe('ProcessingStarted');
  });
});
