import { describe, expect, it } from 'vitest';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import { messageId, type ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import type { Claim } from '../../../src/domain/event/state.ts';
import { createServices } from '../../../src/main/work-of-roles.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { noPlans } from '../../support/simulation/no-plans.ts';
import { SimulatedStores } from '../../support/simulation/stores.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

const failure = { class: 'Error', message: 'no', stack: null, fingerprint: 'f', retryable: true, retryAfterMs: null };
const policy = { maxAttempts: 5, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 };
const run = { generation: 0, attempt: 1, durationMs: 1, handler: '*' };

/** A log, and a read database with nothing in it; projectors and a dispatcher that hands commands to a list. */
function createSurroundings() {
  const clock = createVirtualClock();
  const random = createSeededRandom(1);
  const log = createInMemoryLog();
  const useCases = createUseCases({ log, clock, random });
  const stores = new SimulatedStores(() => clock.now());
  const published: ProcessEvent[] = [];
  const start = async (pageRows: number) => {
    const services = await createServices({
      roles: ['projector', 'dispatcher'],
      parts: {
        log,
        stores: {
          dueWork: stores.dueWork,
          keyUses: { lastUses: async () => new Map(), save: async () => {} },
          projection: (readModel) => stores.projection(readModel),
          planRows: noPlans,
          rebuilds: null,
          checkpoints: (lease) => stores.checkpoints(lease),
          passedOver: (readModel) => stores.passedOver(readModel),
        },
        bus: {
          forgetsOnRestart: false,
          publish: async (commands) => void published.push(...commands),
          backlog: async () => ({ waiting: 0, consumers: 1 }),
          consume: async () => ({ stop: async () => {} }),
          close: async () => {},
        },
        leases: null,
        isOnlyProcess: false,
      },
      handlers: [],
      ...{ useCases, clock, random, logger: silentLogger },
      metrics: { counted: (subscriber) => subscriber, passedOver: () => {} },
      shutdownTimeoutMs: 1_000,
      processName: 'rebuilding',
      limits: { sweep: { pageRows }, following: { maxBatch: 7 } },
    });
    for (const service of services) await service.start();
    await clock.run(10_000);
    const stopped = Promise.all(services.map((service) => service.stop()));
    await clock.finish(stopped);
  };
  const receive = async (key: string) => {
    await useCases.receiveEvent(posted(key), byClient);
    return eventIdOf('client', key);
  };
  /** Received, and claimed for a minute. */
  const claim = async (key: string) => {
    const eventId = await receive(key);
    const lease = { now: timestamp(clock.now()), leaseExpiresAt: timestamp(clock.now() + 60_000) };
    const attempt = { generation: 0, attempt: 1, worker: 'worker-0', ...lease };
    const { current: event } = await useCases.startProcessing(eventId, attempt, byClient);
    return { eventId, event, claim: event.state?.claim as Claim };
  };
  return {
    ...{ clock, log, stores, published, start, receive, claim },
    finish: async (key: string) => {
      const { eventId, event, claim: ours } = await claim(key);
      const done = { ...run, claim: ours, now: timestamp(clock.now()), handlerVersion: '1', result: null };
      await useCases.completeProcessing(eventId, done, byClient, event);
    },
    fail: async (key: string) => {
      const { eventId, event, claim: ours } = await claim(key);
      const failed = { ...run, claim: ours, failure, policy, now: timestamp(clock.now()), jitter: 1 };
      await useCases.failProcessing(eventId, failed, byClient, event);
      return eventId;
    },
  };
}

describe('with an empty read database', () => {
  it.each([1, 2, 3, 500])(
    'what has ended gets no command, and what has not gets one soon: pages of %s',
    async (pageRows) => {
      const { clock, start, published, receive, claim, finish, fail } = createSurroundings();
      for (let index = 0; index < 100; index++) await finish(`ended-${index}`);
      const failed = await fail('failed');
      const waiting = [await receive('first'), await receive('second'), await receive('third')];
      await claim('at work');
      await clock.run(30_000);
      await start(pageRows);
      expect(published.map(messageId).toSorted()).toEqual(
        [`${failed}:0:2`, ...waiting.map((id) => `${id}:0:1`)].toSorted(),
      );
    },
  );

  it('is the same when the checkpoint that is stored belongs to another log', async () => {
    const { start, stores, published, finish, receive } = createSurroundings();
    for (let index = 0; index < 20; index++) await finish(`ended-${index}`);
    const waiting = await receive('waiting');
    await stores.checkpoints(null).save('dispatcher', 'another-log/5' as Checkpoint);
    await start(500);
    expect(published.map(messageId)).toEqual([`${waiting}:0:1`]);
  });
});
