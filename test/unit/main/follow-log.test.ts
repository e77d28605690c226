import { describe, expect, it, onTestFinished } from 'vitest';
import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { Subscriber } from '../../../src/application/run-subscription.ts';
import { followLog } from '../../../src/main/follow-log.ts';
import { fill } from '../../support/event-log/transitions.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

/** A subscriber that fails where it is told to, and whose pauses between attempts end when the test says so. */
async function following(failing: Pick<Subscriber, 'load'> | Pick<Subscriber, 'handle'>) {
  const pauses: (() => void)[] = [];
  let paused = Promise.withResolvers<void>();
  const sleep = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal?.addEventListener('abort', () => resolve());
      pauses.push(resolve);
      paused.resolve();
    });
  const clock: Clock = { now: () => 0, sleep };
  const log = createInMemoryLog();
  await fill(log, 1);
  const subscriber: Subscriber = { name: 'rows', load: async () => null, handle: async () => {}, ...failing };
  const service = followLog(log, subscriber, { clock, logger: silentLogger, streamPrefixes: ['event-'] });
  onTestFinished(() => service.stop());
  await service.start();
  /** Until an attempt has failed and the next one waits. */
  const untilPaused = async () => {
    await paused.promise;
    paused = Promise.withResolvers();
  };
  return { service, untilPaused, goOn: () => pauses.splice(0).forEach((resolve) => resolve()) };
}

const once = (error: Error) => {
  let failures = 1;
  return async () => {
    if (failures-- > 0) throw error;
  };
};

describe('a subscriber that follows the log is unhealthy', () => {
  const away = new ReadDatabaseUnavailable('The database is away');

  it('while its checkpoint cannot be read, until it has caught up', async () => {
    const readable = once(away);
    const { service, untilPaused, goOn } = await following({ load: () => readable().then(() => null) });
    await untilPaused();
    expect(service.unhealthyReason()).toBe('The database is away');
    goOn();
    await service.caughtUp;
    expect(service.unhealthyReason()).toBeNull();
  });

  it('while it cannot handle what it reads, also when its checkpoint can be read meanwhile', async () => {
    const { service, untilPaused, goOn } = await following({ handle: () => Promise.reject(away) });
    for (let attempt = 1; attempt <= 3; attempt++) {
      await untilPaused();
      expect(service.unhealthyReason()).toBe('The database is away');
      goOn();
    }
  });
});
