import { describe, expect, it } from 'vitest';
import { decodeTransition } from '../../../src/application/decode-transition.ts';
import { eventIdOf, streamOf } from '../../../src/application/event-identity.ts';
import { CommandBusUnavailable, LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import { loadEvent } from '../../../src/application/load-event.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import { messageId, type ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import type { DueEvent } from '../../../src/application/ports/due-work.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import type { Claim } from '../../../src/domain/event/state.ts';
import { createDueWorkSweep, type DueWorkSweepOptions } from '../../../src/worker/sweep/due-work-sweep.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createSeededChance } from '../../support/worker/seeded-chance.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

const dueEvent = (eventId: string, given: Partial<DueEvent> = {}): DueEvent => ({
  eventId,
  status: 'RECEIVED',
  generation: 0,
  attempts: 0,
  revision: 0,
  ...given,
});
const many = (count: number, given: Partial<DueEvent> = {}) =>
  Array.from({ length: count }, (_, index) => dueEvent(`event-${index}`, given));

/** Rows that stay due whatever is done about them, and a bus that keeps what is published. */
function createSurroundings(rows: DueEvent[]) {
  const clock = createVirtualClock();
  const chance = createSeededChance(1);
  const log = createInMemoryLog();
  const useCases = createUseCases({ log, clock, chance });
  const published: ProcessEvent[] = [];
  const limits: number[] = [];
  const surroundings = {
    ...{ clock, chance, log, useCases, published, limits },
    logger: createRecordingLogger(),
    matchHandler: () => null,
    worker: 'worker-1',
    earlierWorkersAreGone: false,
    projectionCaughtUp: Promise.resolve(),
    bus: {
      forgetsOnRestart: false,
      publish: async (commands: readonly ProcessEvent[]) => void published.push(...commands),
    },
    dueWork: {
      due: async (_: string, limit: number) => {
        limits.push(limit);
        return rows.slice(0, limit);
      },
      unfinished: async (after: string | null, limit: number) => {
        const ordered = [...rows].sort((one, other) => (one.eventId < other.eventId ? -1 : 1));
        return ordered.filter(({ eventId }) => after === null || eventId > after).slice(0, limit);
      },
    },
  };
  return {
    ...surroundings,
    start: async (given: Partial<DueWorkSweepOptions> = {}) => {
      const sweep = createDueWorkSweep({ ...surroundings, ...given });
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
      (await log.readStream(streamOf(eventId))).map(decodeTransition).map(({ type }) => type),
  };
}

describe('the sweep', () => {
  it('asks for the next attempt of what is due', async () => {
    const rows = [dueEvent('lost'), dueEvent('failed', { status: 'FAILED', generation: 1, attempts: 2 })];
    const { start, published } = createSurroundings(rows);
    await start();
    expect(published.map(messageId)).toEqual(['lost:0:1', 'failed:1:3']);
  });

  it('leaves alone for 30 s what it has asked for, and then asks again', async () => {
    const { clock, start, published } = createSurroundings([dueEvent('slow')]);
    await start();
    await clock.run(29_000);
    expect(published).toHaveLength(1);
    await clock.run(2_000);
    expect(published).toHaveLength(2);
  });

  it('asks at once for another attempt of an event it has asked for', async () => {
    const rows = [dueEvent('e')];
    const { clock, start, published } = createSurroundings(rows);
    await start();
    rows[0] = dueEvent('e', { status: 'FAILED', attempts: 1 });
    await clock.run(300);
    expect(published.map(messageId)).toEqual(['e:0:1', 'e:0:2']);
  });

  it('sees past what it has asked for to what is due behind it', async () => {
    const { clock, start, published } = createSurroundings(many(1_200));
    await start();
    await clock.run(1_000);
    expect(new Set(published.map(messageId)).size).toBe(1_200);
    expect(published).toHaveLength(1_200);
  });

  it('remembers a bounded number of rows, and forgets those that are not due any more', async () => {
    const rows = many(6_000);
    const { clock, start, published, limits } = createSurroundings(rows);
    await start();
    await clock.run(10_000);
    expect(published).toHaveLength(4_000);
    rows.length = 0;
    await clock.run(500);
    expect(limits.at(-1)).toBe(500);
  });

  it('tries again after 5 s when the bus did not take a command, and has trouble until then', async () => {
    const { clock, start, bus, published } = createSurroundings([dueEvent('e')]);
    let isAway = true;
    const publish = (commands: readonly ProcessEvent[]) =>
      isAway ? Promise.reject(new CommandBusUnavailable('The bus is away')) : bus.publish(commands);
    const sweep = await start({ bus: { ...bus, publish } });
    expect(sweep.trouble()).toBe('The bus is away');
    isAway = false;
    await clock.run(5_500);
    expect(published).toHaveLength(1);
    expect(sweep.trouble()).toBeNull();
  });

  it('gives up an attempt whose lease has ended, also while the bus takes nothing', async () => {
    const rows = many(600);
    const { clock, start, bus, claimed, typesOf } = createSurroundings(rows);
    const eventId = await claimed('k', 'worker-2');
    rows.push(dueEvent(eventId, { status: 'PROCESSING', attempts: 1 }));
    const sweep = await start({ bus: { ...bus, publish: () => new Promise(() => {}) } });
    await clock.run(59_000);
    expect(await typesOf(eventId)).toEqual(['EventReceived', 'ProcessingStarted']);
    await clock.run(7_000);
    expect(await typesOf(eventId)).toEqual(['EventReceived', 'ProcessingStarted', 'ProcessingInterrupted']);
    await sweep.stop();
  });

  it('does nothing about a row that is behind its stream', async () => {
    const { log, clock, start, useCases, claimed, typesOf } = createSurroundings([]);
    const eventId = await claimed('k', 'worker-2');
    const { state } = await loadEvent(log, streamOf(eventId));
    const run = { generation: 0, attempt: 1, claim: state?.claim as Claim };
    const done = { ...run, durationMs: 1, handler: '*', handlerVersion: '1', result: null };
    const { event } = await useCases.receiveEvent(posted('k'), byClient);
    await useCases.completeProcessing(eventId, done, byClient, event);
    const due = async () => [dueEvent(eventId, { status: 'PROCESSING', attempts: 1 })];
    await start({ dueWork: { due, unfinished: due } });
    await clock.run(100_000);
    expect(await typesOf(eventId)).toEqual(['EventReceived', 'ProcessingStarted', 'ProcessingSucceeded']);
  });

  it('goes on after the read database was away, and says so once', async () => {
    let isAway = true;
    const { clock, start, published, logger, dueWork } = createSurroundings([dueEvent('e')]);
    const due: typeof dueWork.due = (...args) =>
      isAway ? Promise.reject(new ReadDatabaseUnavailable('The database is away')) : dueWork.due(...args);
    const sweep = await start({ dueWork: { ...dueWork, due } });
    await clock.run(5_000);
    expect(sweep.trouble()).toBe('The database is away');
    isAway = false;
    await clock.run(1_000);
    expect(published).toHaveLength(1);
    expect(sweep.trouble()).toBeNull();
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('can be stopped while the bus takes nothing and the projection is not caught up', async () => {
    const { start, bus } = createSurroundings([dueEvent('e')]);
    const never = new Promise<never>(() => {});
    const forgetful = { forgetsOnRestart: true, publish: () => never };
    const sweep = await start({ bus: { ...bus, ...forgetful }, projectionCaughtUp: never });
    await sweep.stop();
    await sweep.stop();
  });
});

describe('at the start of a process whose predecessors are dead', () => {
  const alone = { earlierWorkersAreGone: true };

  it('their attempts are given up at once, and only theirs', async () => {
    const rows: DueEvent[] = [];
    const { start, claimed, typesOf, dueWork } = createSurroundings(rows);
    const theirs = await claimed('a', 'worker-0');
    const ours = await claimed('b', 'worker-1');
    for (const eventId of [theirs, ours]) rows.push(dueEvent(eventId, { status: 'PROCESSING', attempts: 1 }));
    await start({ ...alone, dueWork: { ...dueWork, due: async () => [] } });
    expect(await typesOf(theirs)).toEqual(['EventReceived', 'ProcessingStarted', 'ProcessingInterrupted']);
    expect(await typesOf(ours)).toEqual(['EventReceived', 'ProcessingStarted']);
  });

  it('whatever was received is asked for again when the bus forgets, once the projection has caught up', async () => {
    const { clock, start, bus, published, dueWork } = createSurroundings(many(1_001));
    const caughtUp = Promise.withResolvers<void>();
    await start({
      ...alone,
      bus: { ...bus, forgetsOnRestart: true },
      dueWork: { ...dueWork, due: async () => [] },
      projectionCaughtUp: caughtUp.promise,
    });
    await clock.run(1_000);
    expect(published).toEqual([]);
    caughtUp.resolve();
    await clock.run(0);
    expect(new Set(published.map(messageId)).size).toBe(1_001);
  });

  it('nothing is left out because the log or the database was away for a while', async () => {
    const rows = many(501);
    const { clock, start, bus, published, dueWork, log } = createSurroundings(rows);
    rows.push(dueEvent('z', { status: 'PROCESSING', attempts: 1 }));
    let failures = 3;
    const sometimes =
      <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
      (...args: Args) =>
        failures-- > 0 ? Promise.reject(new LogUnavailable('away')) : act(...args);
    await start({
      ...alone,
      bus: { ...bus, forgetsOnRestart: true },
      log: { ...log, readStream: sometimes(log.readStream) },
      dueWork: { due: async () => [], unfinished: sometimes(dueWork.unfinished) },
    });
    await clock.run(5_000);
    expect(new Set(published.map(messageId)).size).toBe(501);
  });
});
