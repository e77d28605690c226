import { beforeAll, describe, expect, it } from 'vitest';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import { NonRetryableError } from '../../../src/worker/handlers/non-retryable-error.ts';
import { findBreaches } from '../../support/guarantees/find-breaches.ts';
import type { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { untilEnded } from '../../support/guarantees/until-ended.ts';
import { openEmbeddedProfile } from '../../support/worker/embedded-profile.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';
import { handlerOf } from '../../support/worker/workshop.ts';

const MAX_ATTEMPTS = 3;
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

describe('events on the embedded log and the embedded read tables', () => {
  const left = { received: keys('received', 20), claimed: keys('claimed', 5) };
  const posts = [
    ...keys('good', 100).map((key) => posted(key, { type: 'good' })),
    ...keys('stumbling', 20).map((key) => posted(key, { type: 'stumbling' })),
    ...keys('hopeless', 5).map((key) => posted(key, { type: 'hopeless' })),
    ...keys('unknown', 5).map((key) => posted(key, { type: 'unknown' })),
  ];
  let histories: Awaited<ReturnType<typeof readAllHistories>>;

  beforeAll(async () => {
    const { log, useCases, start, close } = await openEmbeddedProfile(silentLogger);
    await leaveBehind(useCases, left.received, left.claimed);
    await start({ handlers, maxWaiting: 16 });
    await Promise.all(posts.map((event) => useCases.receiveEvent(event, byClient)));
    const all = [...left.received, ...left.claimed, ...posts.map(({ idempotencyKey }) => idempotencyKey)];
    await untilEnded(log, all.length);
    histories = await close();
  }, 120_000);

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
