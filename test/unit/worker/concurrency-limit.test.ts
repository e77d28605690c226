import { describe, expect, it } from 'vitest';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

const EVENTS = 600;
/** All claims together take longer than a lease. */
const APPEND_MS = 50;
const READ_MS = 100;

/** Takes one append after the other. */
function slowLog(log: EventLog, clock: () => Clock): EventLog {
  let turn = Promise.resolve();
  return {
    ...log,
    append: async (request) => {
      turn = turn.then(() => clock().sleep(APPEND_MS));
      await turn;
      return log.append(request);
    },
  };
}

/** Reads one stream after the other. */
function slowToRead(log: EventLog, clock: () => Clock) {
  let turn = Promise.resolve();
  let waiting = 0;
  const most = { waiting: 0 };
  const readStream: EventLog['readStream'] = async (...stream) => {
    waiting++;
    most.waiting = Math.max(most.waiting, waiting);
    turn = turn.then(() => clock().sleep(READ_MS));
    await turn;
    waiting--;
    return log.readStream(...stream);
  };
  return { log: { ...log, readStream }, most };
}

/** All events, and their commands at once. @returns their ids, when every command is acknowledged. */
async function receiveAndDeliver(log: EventLog, { clock, deliver }: Awaited<ReturnType<typeof createWorkshop>>) {
  const { receiveEvent } = createUseCases({ log, clock, random: createSeededRandom(2) });
  const eventIds = Array.from({ length: EVENTS }, (_, index) => eventIdOf('client', `order-${index}`));
  for (const index of eventIds.keys()) await receiveEvent(posted(`order-${index}`), byClient);
  const settled = Promise.all(eventIds.map((eventId) => deliver(eventId)));
  expect(new Set(await clock.finish(settled))).toEqual(new Set(['acknowledged']));
  return eventIds;
}

describe('a worker on a log that is slow', () => {
  it('begins no more than it can record within its leases', async () => {
    const log = createInMemoryLog();
    let clock: Clock | null = null;
    const workshop = await createWorkshop([handlerOf(async () => {}, { timeoutMs: 1_000 })], {
      log: slowLog(log, () => clock as Clock),
    });
    clock = workshop.clock;
    const eventIds = await receiveAndDeliver(log, workshop);
    for (const eventId of eventIds)
      expect((await workshop.history(eventId)).map(({ type }) => type)).toEqual([
        'EventReceived',
        'ProcessingStarted',
        'ProcessingSucceeded',
      ]);
  });

  it('begins no more than it can read in time, although every claim after that is quick', async () => {
    const log = createInMemoryLog();
    let clock: Clock | null = null;
    const slow = slowToRead(log, () => clock as Clock);
    const workshop = await createWorkshop([handlerOf(async () => {})], { log: slow.log });
    clock = workshop.clock;
    await receiveAndDeliver(log, workshop);
    // What it begins with is already too much, as it learns from the first late claim; 600 would wait otherwise.
    expect(slow.most.waiting).toBeLessThan(100);
  });
});
