import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { openEmbeddedReadDatabase } from '../../../src/adapters/postgres/open-embedded-read-database.ts';
import { systemChance } from '../../../src/adapters/system/chance.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { createUseCases, type UseCases } from '../../../src/application/use-cases.ts';
import { allRoles } from '../../../src/cli/program.ts';
import { createServices } from '../../../src/main/work-of-roles.ts';
import type { Database, WritableDatabase } from '../../../src/projections/database.ts';
import { createStores } from '../../../src/projections/stores.ts';
import { NonRetryableError } from '../../../src/worker/handlers/non-retryable-error.ts';
import { findBreaches } from '../../support/guarantees/find-breaches.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';
import { handlerOf } from '../../support/worker/workshop.ts';

const MAX_ATTEMPTS = 3;
const place = { clock: systemClock, chance: systemChance, logger: silentLogger };
const idOf = (key: string) => eventIdOf('client', key);
const keys = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${kind}-${index}`);

/** What an earlier process left: commands that died with its bus, and attempts that died with its worker. */
async function leaveBehind(useCases: UseCases, received: readonly string[], claimed: readonly string[]): Promise<void> {
  for (const key of [...received, ...claimed]) await useCases.receiveEvent(posted(key, { type: 'good' }), byClient);
  const now = Date.now();
  const lease = { worker: 'worker-dead', now: timestamp(now), leaseExpiresAt: timestamp(now + 3_600_000) };
  for (const key of claimed)
    await useCases.startProcessing(idOf(key), { generation: 0, attempt: 1, ...lease }, byClient);
}

/** Resolves when so many generations have ended. */
async function ended(log: EventLog, count: number): Promise<void> {
  let left = count;
  for await (const message of log.subscribeAll(null)) {
    if (message.kind !== 'transitions') continue;
    for (const { type } of message.transitions)
      if (type === 'ProcessingSucceeded' || type === 'EventDeadLettered') left -= 1;
    if (left <= 0) return;
  }
}

const retry = { maxAttempts: MAX_ATTEMPTS, initialDelayMs: 1, factor: 1, maxDelayMs: 1 };
const handlers = [
  handlerOf(() => 'done', { pattern: 'good', retry }),
  handlerOf(
    (_, { attempt }) => {
      if (attempt === 1) throw new Error('It stumbles');
    },
    { pattern: 'stumbling', retry },
  ),
  handlerOf(() => Promise.reject(new NonRetryableError('Never')), { pattern: 'hopeless', retry }),
];

async function startServices(log: EventLog, useCases: UseCases, db: WritableDatabase) {
  const services = await createServices({
    roles: allRoles,
    parts: {
      log,
      stores: createStores(db),
      bus: new EmbeddedBus({ maxWaiting: 16 }),
      leases: null,
      isOnlyProcess: true,
    },
    ...{ handlers, useCases, shutdownTimeoutMs: 1_000, processName: systemChance.uuid(), ...place },
    metrics: { counted: (subscriber) => subscriber, passedOver: () => {} },
  });
  for (const service of services) await service.start();
  return async () => {
    for (const service of services.toReversed()) await service.stop();
  };
}

describe('events on the embedded log and the embedded read tables', () => {
  const left = { received: keys('received', 20), claimed: keys('claimed', 5) };
  const posts = [
    ...keys('good', 100).map((key) => posted(key, { type: 'good' })),
    ...keys('stumbling', 20).map((key) => posted(key, { type: 'stumbling' })),
    ...keys('hopeless', 5).map((key) => posted(key, { type: 'hopeless' })),
    ...keys('unknown', 5).map((key) => posted(key, { type: 'unknown' })),
  ];
  let folder: string;
  let histories: Awaited<ReturnType<typeof readAllHistories>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-worker-'));
    const log = await openEmbeddedLog({ path: join(folder, 'log.sqlite') });
    const readDatabase = await openEmbeddedReadDatabase<Database>({
      folder: join(folder, 'rows'),
      logger: silentLogger,
    });
    const useCases = createUseCases({ log, ...place });
    await leaveBehind(useCases, left.received, left.claimed);
    const stop = await startServices(log, useCases, readDatabase.db);
    await Promise.all(posts.map((event) => useCases.receiveEvent(event, byClient)));
    const all = [...left.received, ...left.claimed, ...posts.map(({ idempotencyKey }) => idempotencyKey)];
    await ended(log, all.length);
    await stop();
    histories = await readAllHistories(log);
    await readDatabase.close();
    await log.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const typesOf = (key: string) => histories.get(idOf(key))?.map(({ type }) => type);

  it('all reach one end, and their histories are whole', () => {
    expect(histories.size).toBe(left.received.length + left.claimed.length + posts.length);
    expect(findBreaches({ acknowledged: [], histories, rows: null })).toEqual([]);
  });

  it('are processed, retried or given up as their handlers have it', () => {
    const run = ['EventReceived', 'ProcessingStarted'];
    expect(typesOf('good-0')).toEqual([...run, 'ProcessingSucceeded']);
    expect(typesOf('stumbling-0')).toEqual([
      ...run,
      ...['ProcessingFailed', 'RetryScheduled', 'ProcessingStarted', 'ProcessingSucceeded'],
    ]);
    for (const key of ['hopeless-0', 'unknown-0'])
      expect(typesOf(key)).toEqual([...run, 'ProcessingFailed', 'EventDeadLettered']);
  });

  it('that an earlier process left are taken up without waiting for their leases', () => {
    expect(typesOf('received-0')).toEqual(typesOf('good-0'));
    const interrupted = ['EventReceived', 'ProcessingStarted', 'ProcessingInterrupted'];
    expect(typesOf('claimed-0')).toEqual([...interrupted, 'ProcessingStarted', 'ProcessingSucceeded']);
  });
});
