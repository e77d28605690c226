import { describe, expect, it } from 'vitest';
import { decodeEventTransition } from '../../../src/application/event-history.ts';
import { deriveUuid, eventIdOf, streamOf } from '../../../src/application/event-identity.ts';
import { CommandBusUnavailable, LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import { load } from '../../../src/application/load.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import { messageId, type ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import type { Claim } from '../../../src/domain/event/state.ts';
import { createDueWorkSweep, type DueWorkSweepOptions } from '../../../src/worker/sweep/due-work-sweep.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { createDueWorkInMemory } from '../../support/simulation/due-work.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

/** So that an hour is a few hundred steps. */
const seldom = { sweepEveryMs: 10_000 };
const often = { sweepEveryMs: 250 };

/** Rows that stay whatever is done about them, and a bus that keeps what is published and says how much of it waits. */
function createSurroundings() {
  const clock = createVirtualClock();
  const random = createSeededRandom(1);
  const log = createInMemoryLog();
  const useCases = createUseCases({ log, clock, random });
  const kept = createDueWorkInMemory({ now: clock.now, random });
  const published: ProcessEvent[] = [];
  /** What waits in the queue, and who takes it. */
  const queue = { waiting: 0, consumers: 1 };
  const surroundings = {
    ...{ clock, random, log, useCases, published, queue },
    dueWork: kept.dueWork,
    logger: createRecordingLogger(),
    matchHandler: () => null,
    worker: 'worker-1',
    earlierWorkersAreGone: false,
    projectionCaughtUp: Promise.resolve(),
    bus: {
      forgetsOnRestart: false,
      publish: async (commands: readonly ProcessEvent[]) => void published.push(...commands),
      backlog: async () => ({ ...queue }),
    },
  };
  return {
    ...surroundings,
    kept,
    putMany: (count: number, given: Parameters<typeof kept.put>[1] = {}) => {
      for (let index = 0; index < count; index++) kept.put(`event-${index}`, given);
    },
    start: async (given: Partial<DueWorkSweepOptions> = {}) => {
      const limits = { ...seldom, ...given.limits };
      const sweep = createDueWorkSweep({ ...surroundings, ...given, limits });
      await sweep.start();
      await clock.run(0);
      return sweep;
    },
    /** An event in the log that `worker` has claimed for a minute. */
    claimed: async (key: string, worker: string) => {
      await useCases.receiveEvent(posted(key), byClient);
      const eventId = eventIdOf('client', key);
      const lease = { now: timestamp(clock.now()), leaseExpiresAt: timestamp(clock.now() + 60_000) };
      await useCases.startProcessing(eventId, { generation: 0, attempt: 1, worker, ...lease }, byClient);
      return eventId;
    },
    typesOf: async (eventId: string) =>
      (await log.readStream(streamOf(eventId))).map(decodeEventTransition).map(({ type }) => type),
  };
}

const givenUp = ['EventReceived', 'ProcessingStarted', 'ProcessingInterrupted'];
const underWay = ['EventReceived', 'ProcessingStarted'];

describe('the sweep', () => {
  it('asks for the next attempt of what is due, and says from when on it may start', async () => {
    const { kept, start, published } = createSurroundings();
    const dueAt = '2025-12-31T23:00:00.000Z';
    kept.put('lost');
    kept.put('failed', { kind: 'retry', generation: 1, attempts: 2, due_at: dueAt });
    await start();
    expect(published.map(messageId).toSorted()).toEqual(['failed:1:3', 'lost:0:1']);
    expect(published.map((command) => [command.eventId, command.dueAt])).toEqual([
      ['failed', dueAt],
      ['lost', undefined],
    ]);
  });

  it('asks again for what does not move on, later each time, and at last every ten minutes', async () => {
    const { kept, clock, start, published } = createSurroundings();
    kept.put('vanishing');
    await start();
    const countAfter = async (minutes: number) => {
      await clock.run(minutes * 60_000);
      return published.length;
    };
    expect(await countAfter(0.3)).toBe(1);
    expect(await countAfter(0.4)).toBe(2);
    const inAnHour = await countAfter(60);
    expect(inAnHour).toBeGreaterThan(8);
    expect(inAnHour).toBeLessThan(13);
    const inFiveMore = (await countAfter(5 * 60)) - inAnHour;
    expect(inFiveMore).toBeGreaterThanOrEqual(29);
    expect(inFiveMore).toBeLessThan(43);
  });

  it('asks at once for another attempt of an event it has asked for', async () => {
    const { kept, clock, start, published } = createSurroundings();
    kept.put('e');
    await start({ limits: often });
    kept.put('e', { kind: 'retry', attempts: 1 });
    await clock.run(300);
    expect(published.map(messageId)).toEqual(['e:0:1', 'e:0:2']);
  });

  it.each([1, 2, 3, 500])(
    'asks for each of thousands of events once, however small its pages: %s',
    async (pageRows) => {
      const { putMany, clock, start, published } = createSurroundings();
      const count = pageRows === 500 ? 6_000 : 60;
      putMany(count);
      await start({ limits: { pageRows, commandsPerCall: pageRows } });
      await clock.run(1_000);
      expect(new Set(published.map(messageId)).size).toBe(count);
      expect(published).toHaveLength(count);
    },
  );

  it('with the workers away publishes each retry once and nothing else again, in an hour', async () => {
    const { putMany, kept, clock, start, published, queue } = createSurroundings();
    putMany(3_000);
    for (let index = 0; index < 3_000; index++) kept.put(`retry-${index}`, { kind: 'retry', attempts: 1 });
    queue.waiting = 1;
    queue.consumers = 0;
    const sweep = await start({ limits: { sweepEveryMs: 60_000 } });
    await clock.run(3_600_000);
    expect(published).toHaveLength(3_000);
    expect(new Set(published.map(({ attempt }) => attempt))).toEqual(new Set([2]));
    expect(sweep.unhealthyReason()).toBe('commands wait, and no worker takes any; start one');
  });

  it('asks for all of it soon after the queue was emptied, and is well again', async () => {
    const { putMany, clock, start, published, queue } = createSurroundings();
    putMany(6_000);
    queue.waiting = 1_000;
    queue.consumers = 0;
    const sweep = await start({ limits: { sweepEveryMs: 60_000 } });
    await clock.run(3_600_000);
    expect(published).toHaveLength(0);
    queue.waiting = 0;
    queue.consumers = 1;
    await clock.run(60_000);
    expect(new Set(published.map(messageId)).size).toBe(6_000);
    expect(sweep.unhealthyReason()).toBeNull();
  });

  it.each([1, 2, 3])('asks for nothing again above a backlog of %s, and goes on below it', async (maxBacklog) => {
    const { putMany, clock, start, published, queue } = createSurroundings();
    putMany(50);
    queue.waiting = maxBacklog;
    await start({ limits: { maxBacklog, pageRows: 1 } });
    await clock.run(60_000);
    expect(published).toHaveLength(0);
    queue.waiting = maxBacklog - 1;
    await clock.run(10_000);
    expect(published).toHaveLength(50);
  });

  it('tries again after 5 s when the bus did not take a command, and is unhealthy until then', async () => {
    const { kept, clock, start, bus, published } = createSurroundings();
    kept.put('e', { kind: 'retry', attempts: 1 });
    let isAway = true;
    const publish = (commands: readonly ProcessEvent[]) =>
      isAway ? Promise.reject(new CommandBusUnavailable('The bus is away')) : bus.publish(commands);
    const sweep = await start({ bus: { ...bus, publish }, limits: often });
    expect(sweep.unhealthyReason()).toBe('The bus is away');
    isAway = false;
    await clock.run(5_500);
    expect(published).toHaveLength(1);
    expect(sweep.unhealthyReason()).toBeNull();
  });

  it('takes no row while the bus does not say how much waits, and is unhealthy', async () => {
    const { kept, clock, start, bus } = createSurroundings();
    kept.put('e');
    const backlog = () => Promise.reject(new CommandBusUnavailable('The broker is away'));
    const sweep = await start({ bus: { ...bus, backlog } });
    await clock.run(60_000);
    expect(kept.rows().get('e')?.asks).toBe(0);
    expect(sweep.unhealthyReason()).toBe('The broker is away');
  });

  it('gives up an attempt whose lease has ended, also while the bus takes nothing', async () => {
    const { kept, putMany, clock, start, bus, claimed, typesOf } = createSurroundings();
    putMany(600);
    const eventId = await claimed('k', 'worker-2');
    kept.put(eventId, { kind: 'lease', attempts: 1, askAt: clock.now() + 60_000 });
    const sweep = await start({ bus: { ...bus, publish: () => new Promise(() => {}) } });
    await clock.run(59_000);
    expect(await typesOf(eventId)).toEqual(underWay);
    await clock.run(11_000);
    expect(await typesOf(eventId)).toEqual(givenUp);
    await sweep.stop();
  });

  it('looks again at a lease that has not ended by its own clock, a second later and then less often', async () => {
    const { kept, clock, start, log, claimed, typesOf } = createSurroundings();
    let reads = 0;
    const readStream: typeof log.readStream = (...given) => {
      reads++;
      return log.readStream(...given);
    };
    const eventId = await claimed('k', 'worker-2');
    // The database says that it has ended, because the worker's clock is ahead by a minute.
    kept.put(eventId, { kind: 'lease', attempts: 1 });
    await start({ log: { ...log, readStream }, limits: { sweepEveryMs: 1_000 } });
    await clock.run(59_000);
    expect(await typesOf(eventId)).toEqual(underWay);
    expect(reads).toBeLessThan(8);
    await clock.run(80_000);
    expect(await typesOf(eventId)).toEqual(givenUp);
  });

  it('is not kept from other leases by events that cannot be read, however many there are', async () => {
    const { kept, clock, start, log, logger, claimed, typesOf } = createSurroundings();
    for (let index = 0; index < 100; index++) kept.put(`broken-${index}`, { kind: 'lease', askAt: clock.now() - 1 });
    const readStream: typeof log.readStream = (stream, from) =>
      stream.includes('broken') ? Promise.reject(new Error('It is damaged')) : log.readStream(stream, from);
    const eventId = await claimed('k', 'worker-2');
    await clock.run(60_000);
    kept.put(eventId, { kind: 'lease', attempts: 1 });
    await start({ log: { ...log, readStream }, limits: { pageRows: 1 } });
    await clock.run(100);
    expect(await typesOf(eventId)).toEqual(givenUp);
    await clock.run(3_600_000);
    const told = logger.lines.filter(({ message }) => message.startsWith('the lease of an event that cannot be read'));
    expect(told.length, 'and all of them are one line a minute').toBeLessThanOrEqual(61);
    expect(told[0]?.fields).toMatchObject({ err: expect.any(Error), eventId: expect.stringMatching(/^broken-/) });
  });

  it('does nothing about a row that is behind its stream', async () => {
    const { kept, log, clock, start, useCases, claimed, typesOf } = createSurroundings();
    const eventId = await claimed('k', 'worker-2');
    const { state } = await load(eventAggregate, log, eventId);
    const run = { generation: 0, attempt: 1, claim: state?.claim as Claim };
    const done = {
      ...run,
      now: timestamp(clock.now()),
      durationMs: 1,
      handler: '*',
      handlerVersion: '1',
      result: null,
    };
    const { current: event } = await useCases.receiveEvent(posted('k'), byClient);
    await useCases.completeProcessing(eventId, done, byClient, event);
    kept.put(eventId, { kind: 'lease', attempts: 1 });
    await start();
    await clock.run(100_000);
    expect(await typesOf(eventId)).toEqual(['EventReceived', 'ProcessingStarted', 'ProcessingSucceeded']);
  });

  it('looks into events whose last transition could not be read, and goes on with them once it can', async () => {
    const { kept, clock, start, useCases, published, logger } = createSurroundings();
    await useCases.receiveEvent(posted('k'), byClient);
    const eventId = eventIdOf('client', 'k');
    const hidden = deriveUuid('of another log');
    kept.put(eventId, { kind: 'unreadable' });
    kept.put(hidden, { kind: 'unreadable' });
    await start();
    expect(kept.rows().get(eventId)?.kind).toBe('command');
    expect(logger.lines).toMatchObject([{ level: 'error', fields: { eventId: hidden } }]);
    await clock.run(41_000);
    expect(published.map(messageId)).toEqual([`${eventId}:0:1`]);
  });

  it('waits until the due work has been read to the end of the log, and says so', async () => {
    const { kept, clock, start, published } = createSurroundings();
    kept.put('ended long ago, as the log will tell', { kind: 'retry' });
    kept.setCaughtUp(false);
    const sweep = await start();
    await clock.run(60_000);
    expect(published).toEqual([]);
    expect(sweep.unhealthyReason()).toContain('still being read from the log');
    kept.setCaughtUp(true);
    await clock.run(10_500);
    expect(published).toHaveLength(1);
    expect(sweep.unhealthyReason()).toBeNull();
  });

  it('goes on after the read database was away, and says so once', async () => {
    let isAway = true;
    const { kept, clock, start, published, logger, dueWork } = createSurroundings();
    kept.put('e');
    const take: typeof dueWork.take = (...args) =>
      isAway ? Promise.reject(new ReadDatabaseUnavailable('The database is away')) : dueWork.take(...args);
    const sweep = await start({ dueWork: { ...dueWork, take }, limits: often });
    await clock.run(5_000);
    expect(sweep.unhealthyReason()).toBe('The database is away');
    isAway = false;
    await clock.run(1_000);
    expect(published).toHaveLength(1);
    expect(sweep.unhealthyReason()).toBeNull();
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
  });

  it('can be stopped while the bus takes nothing and the projection is not caught up', async () => {
    const { kept, start, bus } = createSurroundings();
    kept.put('e');
    const never = new Promise<never>(() => {});
    const forgetful = { forgetsOnRestart: true, publish: () => never };
    const sweep = await start({ bus: { ...bus, ...forgetful }, projectionCaughtUp: never });
    await sweep.stop();
    await sweep.stop();
  });
});

describe('at the start of a process whose predecessors are dead', () => {
  const later = 3_600_000;

  it('their attempts are given up at once, and only theirs', async () => {
    const { kept, clock, start, claimed, typesOf } = createSurroundings();
    const theirs = await claimed('a', 'worker-0');
    const ours = await claimed('b', 'worker-1');
    for (const eventId of [theirs, ours]) kept.put(eventId, { kind: 'lease', askAt: clock.now() + later });
    await start({ earlierWorkersAreGone: true });
    await clock.run(10_000);
    expect(await typesOf(theirs)).toEqual(givenUp);
    expect(await typesOf(ours)).toEqual(underWay);
  });

  it.each([1, 2, 3, 500])(
    'what waits for a command is asked for when the bus forgets, once the projection has caught up: pages of %s',
    async (pageRows) => {
      const { putMany, kept, clock, start, bus, published } = createSurroundings();
      putMany(101, { askAt: clock.now() + later, asks: 7 });
      kept.put('not yet', { kind: 'retry', askAt: clock.now() + later });
      const caughtUp = Promise.withResolvers<void>();
      const limits = { pageRows, ...often };
      await start({ bus: { ...bus, forgetsOnRestart: true }, projectionCaughtUp: caughtUp.promise, limits });
      await clock.run(1_000);
      expect(published).toEqual([]);
      caughtUp.resolve();
      await clock.run(500);
      expect(new Set(published.map(messageId)).size).toBe(101);
      expect(published).toHaveLength(101);
    },
  );

  it('nothing is left out because the log or the database was away for a while', async () => {
    const { putMany, kept, clock, start, bus, published, dueWork, log, claimed, typesOf } = createSurroundings();
    putMany(501, { askAt: clock.now() + later });
    const theirs = await claimed('a', 'worker-0');
    kept.put(theirs, { kind: 'lease', askAt: clock.now() + later });
    let failures = 4;
    const sometimes =
      <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
      (...args: Args) =>
        failures-- > 0 ? Promise.reject(new LogUnavailable('away')) : act(...args);
    await start({
      earlierWorkersAreGone: true,
      bus: { ...bus, forgetsOnRestart: true },
      log: { ...log, readStream: sometimes(log.readStream) },
      dueWork: { ...dueWork, hasten: sometimes(dueWork.hasten) },
      limits: often,
    });
    await clock.run(10_000);
    expect(new Set(published.map(messageId)).size).toBe(501);
    expect(await typesOf(theirs)).toEqual(givenUp);
  });
});
