import { describe, expect, it } from 'vitest';
import { createBrokenHistories } from '../../../src/application/broken-histories.ts';
import { streamOf } from '../../../src/application/event-identity.ts';
import { HistoryBroken } from '../../../src/application/failures.ts';
import { handleCommand } from '../../../src/application/handle-command.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import type { ProjectedBatch } from '../../../src/projections/projection-store.ts';
import { createProjector } from '../../../src/projections/projector.ts';
import { createDispatcher } from '../../../src/worker/dispatcher.ts';
import {
  completeProcessing,
  discardEvent,
  expireLease,
  failProcessing,
  receiveEvent,
  replayEvent,
  startProcessing,
} from '../../support/domain/commands.ts';
import { falsified } from '../../support/falsified-log.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { byClient } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

/** Only what the stream of `eventId` says is changed. */
const changedIn = (log: EventLog, eventId: string) =>
  falsified(log, ({ stream, data }) =>
    stream === streamOf(eventId) ? { data: data.replace('"shop"', '"Shop"') } : {},
  );

describe('a history that is not what was written', () => {
  it('gets no attempt', async () => {
    const log = createInMemoryLog();
    const sound = await createWorkshop([], { log });
    const eventId = await sound.receive('one');
    let runs = 0;
    const shop = await createWorkshop([handlerOf(() => void runs++)], { log: changedIn(log, eventId) });
    expect(await shop.process(eventId)).toBe('acknowledged');
    expect(runs).toBe(0);
    expect(log.all).toHaveLength(1);
    expect(await shop.process(await shop.receive('two'))).toBe('acknowledged');
    expect(runs).toBe(1);
  });

  it.each([
    receiveEvent(),
    startProcessing(),
    completeProcessing(),
    failProcessing(),
    expireLease(),
    replayEvent(),
    discardEvent(),
  ])('is not appended to: $kind', async (command) => {
    const log = createInMemoryLog();
    const { receive } = await createWorkshop([], { log });
    const eventId = await receive('one');
    const place = { clock: createVirtualClock(), random: createSeededRandom(2), log: changedIn(log, eventId) };
    const attempt = handleCommand(eventAggregate, place, { id: eventId, command, context: byClient });
    await expect(attempt).rejects.toThrow(HistoryBroken);
    expect(log.all).toHaveLength(1);
  });

  it('is not handed to a handler by the dispatcher, and holds no other event up', async () => {
    const log = createInMemoryLog();
    const { receive } = await createWorkshop([], { log });
    const [broken, other] = [await receive('one'), await receive('two')];
    const clock = createVirtualClock();
    const published: string[] = [];
    const dispatcher = createDispatcher({
      ...{ clock, logger: silentLogger, firstPlace: async () => null, log: changedIn(log, broken) },
      bus: { publish: async (commands) => void published.push(...commands.map(({ eventId }) => eventId)) },
      checkpoints: { load: async () => null, save: async () => {} },
    });
    await dispatcher.start();
    await clock.run(0);
    expect(published).toEqual([other]);
    await clock.finish(dispatcher.stop());
  });

  it('makes no row, and the projector names it', async () => {
    const log = createInMemoryLog();
    const { receive } = await createWorkshop([], { log });
    const [broken, other] = [await receive('one'), await receive('two')];
    const batches: ProjectedBatch[] = [];
    const projector = createProjector(events, {
      ...{ log, clock: createVirtualClock(), logger: silentLogger, batching: { fullBatch: 1, intervalMs: 0 } },
      store: {
        load: async () => null,
        commit: async (batch) => void batches.push(batch),
        isCaughtUp: async () => false,
        markBehind: async () => {},
        markCaughtUp: async () => {},
      },
    });
    for await (const message of changedIn(log, broken).subscribeAll(null)) {
      if (message.kind !== 'transitions') break;
      await projector.handle(message.transitions, message.checkpoint);
    }
    expect(batches.flatMap(({ decoded }) => decoded).map(({ recorded }) => recorded.stream)).toEqual([streamOf(other)]);
    expect(batches.flatMap(({ failures }) => failures)).toMatchObject([
      { recorded: { stream: streamOf(broken) }, reason: expect.stringContaining('does not match its hashes') },
    ]);
  });
});

describe('the broken histories of a process', () => {
  it('are said once each, counted, and shown by name up to a bound', () => {
    const logger = createRecordingLogger();
    for (const bound of [1, 2, 3]) {
      const broken = createBrokenHistories({ logger, limits: { remembered: bound, named: 1 } });
      expect([broken.count(), broken.unhealthyReason()]).toEqual([0, null]);
      for (const stream of ['event-1', 'event-1', 'event-2', 'event-3', 'event-4']) broken.report(stream);
      expect(broken.count()).toBe(bound);
      expect(broken.unhealthyReason()).toContain(`at least ${bound} of the histories`);
      expect(broken.unhealthyReason()).toContain('event-1');
      expect(broken.unhealthyReason()).not.toContain('event-2');
    }
    expect(logger.lines).toHaveLength(1 + 2 + 3);
  });
});
