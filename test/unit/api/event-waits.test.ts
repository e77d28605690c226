import { describe, expect, it } from 'vitest';
import { createEventWaits, isSettled, type Wait } from '../../../src/api/event-waits.ts';
import { CheckpointRefused, LogUnavailable } from '../../../src/application/failures.ts';
import { load } from '../../../src/application/load.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import { type EventStatus, eventStatuses } from '../../../src/domain/event/status.ts';
import { someEventId as eventId, eventLife } from '../../support/api/event-life.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

function setUp(
  limit: number | { readonly all: number; readonly each: number } = 10,
  given: EventLog = createInMemoryLog(),
  logger: Logger = silentLogger,
) {
  const subscriptions = { open: 0, begun: 0 };
  const log = counted(given, subscriptions);
  const clock = manualClock();
  const waits = createEventWaits({
    ...{ log, clock, logger },
    ...(typeof limit === 'number'
      ? { limit, limitOfOneClient: 1_000 }
      : { limit: limit.all, limitOfOneClient: limit.each }),
  });
  const gone = new AbortController();
  const wait = (wanted: EventStatus, others: Partial<Wait> = {}) =>
    waits.until({
      eventId,
      clientId: 'shop',
      wanted,
      timeoutMs: 1_000,
      signal: gone.signal,
      status: async () => (await load(eventAggregate, log, eventId)).state?.status ?? null,
      ...others,
    });
  return { log, clock, waits, gone, wait, subscriptions, life: eventLife(log, clock, eventId) };
}

function counted(log: EventLog, subscriptions: { open: number; begun: number }): EventLog {
  return {
    ...log,
    async *subscribeAll(after, options) {
      subscriptions.begun++;
      subscriptions.open++;
      try {
        yield* log.subscribeAll(after, options);
      } finally {
        subscriptions.open--;
      }
    },
  };
}

/** Everything that needs no time has happened. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('waiting for a status', () => {
  it('ends when the event gets it', async () => {
    const { wait, life } = setUp();
    await life.receive();
    const ended = wait('PROCESSED');
    await life.start();
    await life.succeed();
    expect(await ended).toBe('ended');
  });

  it('goes on while the event is on its way', async () => {
    const { wait, life, clock } = setUp();
    await life.receive();
    let isOver = false;
    const ended = wait('PROCESSED').finally(() => {
      isOver = true;
    });
    await life.start();
    await settle();
    expect(isOver).toBe(false);
    clock.advance(1_000);
    await ended;
  });

  it.each(['before', 'after'])('misses nothing that is appended just %s the place to follow from', async (when) => {
    const inner = createInMemoryLog();
    const [asked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const head = async () => {
      const found = when === 'after' ? await inner.head() : null;
      asked.resolve();
      await go.promise;
      return found ?? inner.head();
    };
    const { wait, life } = setUp(10, { ...inner, head });
    await life.receive();
    await life.start();
    const ended = wait('PROCESSED');
    await asked.promise;
    await life.succeed();
    go.resolve();
    expect(await ended).toBe('ended');
  });

  it('misses nothing when it joins a subscription that is already open', async () => {
    const { wait, life } = setUp();
    await life.receive();
    const others = [wait('DISCARDED'), wait('DEAD')];
    await settle();
    await life.start();
    const joined = wait('PROCESSED');
    await life.succeed();
    expect(await Promise.all([joined, ...others])).toEqual(['ended', 'ended', 'ended']);
  });

  it('ends when the event can no longer get it', async () => {
    const { wait, life } = setUp();
    await life.receive();
    const ended = wait('PROCESSED');
    await life.start();
    await life.failForGood();
    expect(await ended).toBe('ended');
  });

  it('ends at the timeout', async () => {
    const { wait, life, clock } = setUp();
    await life.receive();
    const ended = wait('PROCESSED', { timeoutMs: 50 });
    await settle();
    clock.advance(50);
    expect(await ended).toBe('ended');
  });

  it('ends when the client is gone', async () => {
    const { wait, life, gone, subscriptions } = setUp();
    await life.receive();
    const ended = wait('PROCESSED');
    await settle();
    gone.abort();
    expect(await ended).toBe('ended');
    await settle();
    expect(subscriptions.open).toBe(0);
  });

  it('ends, and begins no more, when the server closes', async () => {
    const { wait, life, waits } = setUp();
    await life.receive();
    const ended = wait('PROCESSED');
    await settle();
    waits.close();
    expect(await ended).toBe('ended');
    expect(await wait('PROCESSED')).toBe('ended');
  });

  it('fails as the log fails', async () => {
    const { wait } = setUp();
    const status = () => Promise.reject(new LogUnavailable('away'));
    await expect(wait('PROCESSED', { status })).rejects.toThrow(LogUnavailable);
  });
});

describe('many who wait', () => {
  it('share one subscription, which ends with the last of them', async () => {
    const { wait, life, clock, subscriptions } = setUp();
    await life.receive();
    const all = Promise.all([wait('PROCESSED'), wait('PROCESSED'), wait('DEAD', { timeoutMs: 5_000 })]);
    await settle();
    expect(subscriptions).toEqual({ open: 1, begun: 1 });
    clock.advance(1_000);
    await settle();
    expect(subscriptions.open).toBe(1);
    clock.advance(4_000);
    await all;
    await settle();
    expect(subscriptions).toEqual({ open: 0, begun: 1 });
  });

  it('are no more than the limit', async () => {
    const { wait, life, clock } = setUp(2);
    await life.receive();
    const first = [wait('PROCESSED'), wait('PROCESSED')];
    expect(await wait('PROCESSED')).toBe('full');
    clock.advance(1_000);
    await Promise.all(first);
    const next = wait('PROCESSED', { timeoutMs: 0 });
    clock.advance(0);
    expect(await next).toBe('ended');
  });
});

describe('a log that cannot be followed', () => {
  it.each([
    ['is away', new LogUnavailable('away')],
    ['refuses the place', new CheckpointRefused('no place in this log')],
  ])('because it %s is one line, however many wait one after the other', async (_, failure) => {
    const logger = createRecordingLogger();
    const log: EventLog = { ...createInMemoryLog(), head: () => Promise.reject(failure) };
    const { wait, clock, life } = setUp(10, log, logger);
    await life.receive();
    for (let each = 0; each < 50; each++) {
      const waiting = wait('PROCESSED', { timeoutMs: 10 });
      await settle();
      clock.advance(10);
      await waiting;
    }
    expect(logger.lines).toHaveLength(1);
  });
});

describe('a status', () => {
  it('is worth waiting for only while it can come without a replay', () => {
    const worth = eventStatuses.map((now) => eventStatuses.filter((wanted) => !isSettled(now, wanted)));
    expect(Object.fromEntries(eventStatuses.map((now, index) => [now, worth[index]]))).toEqual({
      RECEIVED: ['PROCESSING', 'PROCESSED', 'FAILED', 'DEAD', 'DISCARDED'],
      PROCESSING: ['PROCESSED', 'FAILED', 'DEAD', 'DISCARDED'],
      PROCESSED: [],
      FAILED: ['PROCESSING', 'PROCESSED', 'DEAD', 'DISCARDED'],
      DEAD: ['DISCARDED'],
      DISCARDED: [],
    });
  });
});
