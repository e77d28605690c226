import { describe, expect, it } from 'vitest';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { CommandBusUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createDispatcher, type DispatcherOptions } from '../../../src/worker/dispatcher.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { byClient, type Posted, posted } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

/** A log, a bus that keeps what is published, and a store for the place. */
function createSurroundings() {
  const clock = createVirtualClock();
  const log = createInMemoryLog();
  const logger = createRecordingLogger();
  const published: ProcessEvent[] = [];
  let stored: Checkpoint | null = null;
  const surroundings = {
    clock,
    log,
    logger,
    published,
    firstPlace: async () => null,
    bus: {
      publish: async (commands: readonly ProcessEvent[]) => void published.push(...commands),
    },
    checkpoints: {
      load: async () => stored,
      save: async (_: string, checkpoint: Checkpoint) => {
        stored = checkpoint;
      },
    },
  };
  const useCases = createUseCases({ log, clock, random: createSeededRandom(1) });
  return {
    ...surroundings,
    useCases,
    receive: async (key: string, given?: Posted) => {
      await useCases.receiveEvent(posted(key, given), byClient);
      return eventIdOf('client', key);
    },
    stored: () => stored,
    start: async (given: Partial<DispatcherOptions> = {}) => {
      const dispatcher = createDispatcher({ ...surroundings, ...given });
      await dispatcher.start();
      await clock.run(0);
      return dispatcher;
    },
  };
}

describe('the dispatcher', () => {
  it('publishes a command for each received event, with the event, so that its claim needs no read', async () => {
    const { receive, start, published } = createSurroundings();
    const id = await receive('k');
    await start();
    expect(published).toMatchObject([
      { eventId: id, generation: 0, attempt: 1, event: { revision: 0, state: { status: 'RECEIVED', attempts: 0 } } },
    ]);
  });

  it('leaves a large payload in the log', async () => {
    const { receive, start, published } = createSurroundings();
    await receive('k', { payload: JSON.stringify('x'.repeat(40_000)) });
    await start();
    expect(published).toMatchObject([{ attempt: 1, event: null }]);
  });

  it('publishes a command for each replay', async () => {
    const { useCases, receive, start, published } = createSurroundings();
    const id = await receive('k');
    const run = { generation: 0, attempt: 1 };
    const now = '2026-01-01T00:00:00.000Z';
    const claimed = await useCases.startProcessing(id, { ...run, worker: 'w', now, leaseExpiresAt: now }, byClient);
    const claim = { worker: 'w', leaseExpiresAt: now };
    const done = { ...run, claim, now, durationMs: 1, handler: '*', handlerVersion: '1', result: null };
    await useCases.completeProcessing(id, done, byClient, claimed.current);
    await useCases.replayEvent({
      ...{ eventId: id, clientId: 'client', requestedBy: 'operator', reason: 'wished', key: null },
      ...{ context: byClient, permissionOf: () => 'safe' },
    });
    await start();
    expect(published).toMatchObject([
      { eventId: id, generation: 0, attempt: 1 },
      { eventId: id, generation: 1, attempt: 1, event: null },
    ]);
  });

  it('hands on the trace of the request that each command follows from', async () => {
    const { useCases, start, published } = createSurroundings();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await useCases.receiveEvent(posted('traced'), { ...byClient, traceparent });
    await useCases.receiveEvent(posted('large', { payload: JSON.stringify('x'.repeat(40_000)) }), {
      ...byClient,
      traceparent,
    });
    await useCases.receiveEvent(posted('untraced'), byClient);
    await start();
    expect(published.map((command) => command.traceparent)).toEqual([traceparent, traceparent, undefined]);
  });

  it('hands over what the log gives it together in one call', async () => {
    const calls: number[] = [];
    const { receive, start } = createSurroundings();
    for (const key of ['a', 'b', 'c']) await receive(key);
    await start({ bus: { publish: async (commands) => void calls.push(commands.length) } });
    expect(calls).toEqual([3]);
  });

  it('stores its checkpoint after the bus has the commands, and goes on from there', async () => {
    const { clock, log, receive, start, published, stored } = createSurroundings();
    await receive('a');
    const held = Promise.withResolvers<void>();
    const first = await start({ bus: { publish: () => held.promise } });
    await clock.run(1_000);
    expect(stored(), 'the bus has not got it yet').toBeNull();
    held.resolve();
    await clock.run(1_000);
    expect(stored()).toBe((await log.head())?.checkpoint);
    await first.stop();
    const second = await receive('b');
    await start();
    expect(published.map(({ eventId }) => eventId)).toEqual([second]);
  });

  it('stores its checkpoint when it is stopped', async () => {
    const { log, receive, start, stored } = createSurroundings();
    await receive('a');
    const dispatcher = await start();
    expect(stored()).toBeNull();
    await dispatcher.stop();
    expect(stored()).toBe((await log.head())?.checkpoint);
  });

  it('begins at its first place when none is stored', async () => {
    const { log, receive, start, published } = createSurroundings();
    await receive('before');
    const head = await log.head();
    const later = await receive('later');
    await start({ firstPlace: async () => head?.checkpoint ?? null });
    expect(published.map(({ eventId }) => eventId)).toEqual([later]);
  });

  it('begins at its first place when the stored one belongs to another log, and says so', async () => {
    const { receive, start, published, logger } = createSurroundings();
    await receive('a');
    await start({ checkpoints: { load: async () => 'another-log/7' as Checkpoint, save: async () => {} } });
    expect(published).toHaveLength(1);
    expect(logger.lines.map(({ message }) => message)).toEqual([
      "the dispatcher's stored checkpoint is not a position in this log; it starts without one",
    ]);
  });

  it('goes on while its checkpoint cannot be stored, and says so once', async () => {
    const { clock, receive, start, published, logger } = createSurroundings();
    const save = () => Promise.reject(new ReadDatabaseUnavailable('away'));
    await start({ checkpoints: { load: async () => null, save } });
    for (const key of ['a', 'b']) {
      await receive(key);
      await clock.run(1_000);
    }
    expect(published).toHaveLength(2);
    expect(logger.lines).toHaveLength(1);
  });

  it('publishes what the bus did not take once it does, and is unhealthy until then', async () => {
    const { clock, receive, start, bus, published } = createSurroundings();
    const id = await receive('k');
    let isAway = true;
    const unreliable = {
      publish: (commands: readonly ProcessEvent[]) =>
        isAway ? Promise.reject(new CommandBusUnavailable('The bus is away')) : bus.publish(commands),
    };
    const dispatcher = await start({ bus: unreliable });
    expect(dispatcher.unhealthyReason()).toBe('The bus is away');
    isAway = false;
    await clock.run(10_000);
    expect(published.map(({ eventId }) => eventId)).toEqual([id]);
    expect(dispatcher.unhealthyReason()).toBeNull();
  });

  it('is unhealthy while its checkpoint cannot be read, and begins once it can', async () => {
    const { clock, receive, start, published } = createSurroundings();
    await receive('k');
    let isAway = true;
    const load = () =>
      isAway ? Promise.reject(new ReadDatabaseUnavailable('The database is away')) : Promise.resolve(null);
    const dispatcher = await start({ checkpoints: { load, save: async () => {} } });
    expect(dispatcher.unhealthyReason()).toBe('The database is away');
    isAway = false;
    await clock.run(10_000);
    expect(published).toHaveLength(1);
    expect(dispatcher.unhealthyReason()).toBeNull();
  });

  it('passes over what it cannot read, and says so', async () => {
    const { log, receive, start, published, logger } = createSurroundings();
    const broken = { id: '0f8fad5b-d9cb-469f-a165-70867728950e', schemaVersion: 9, data: '{}', metadata: '{}' };
    const recordedAt = '2026-01-01T00:00:00.000Z';
    await log.append({
      stream: 'event-broken',
      expectedRevision: 'no-stream',
      transitions: [{ ...broken, type: 'EventReceived', recordedAt }],
    });
    const id = await receive('k');
    await start();
    expect(published.map(({ eventId }) => eventId)).toEqual([id]);
    expect(logger.lines).toMatchObject([{ level: 'error', fields: { eventId: 'broken' } }]);
  });

  it('can be stopped while the bus takes nothing', async () => {
    const { receive, start } = createSurroundings();
    await receive('k');
    const dispatcher = await start({ bus: { publish: () => new Promise(() => {}) } });
    await dispatcher.stop();
    await dispatcher.stop();
  });
});
