import { describe, expect, it } from 'vitest';
import { ConcurrencyConflict, LogUnavailable, UndecodableTransition } from '../../../src/application/failures.ts';
import { createFailurePolicy } from '../../../src/worker/failure-policy.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

function createPolicy() {
  const clock = createVirtualClock();
  const logger = createRecordingLogger();
  const letGo = new AbortController();
  const policy = createFailurePolicy({ clock, random: createSeededRandom(1), logger, letGo: letGo.signal });
  /** What happens to a command whose work does so, and after how long. */
  const settle = async (work: () => Promise<void>) => {
    const startedAt = clock.now();
    let became = 'kept';
    const delivery = {
      command: { eventId: 'e', generation: 0, attempt: 1, event: null },
      acknowledge: () => {
        became = 'acknowledged';
      },
      release: () => {
        became = 'released';
      },
    };
    await clock.finish(policy.settle(delivery, work));
    return { became, afterMs: clock.now() - startedAt };
  };
  return { policy, settle, logger, letGo, clock };
}

const fails = (error: Error) => () => Promise.reject(error);
const done = () => Promise.resolve();

describe('a command', () => {
  it('whose work is done is acknowledged', async () => {
    expect(await createPolicy().settle(done)).toEqual({ became: 'acknowledged', afterMs: 0 });
  });

  it.each([new LogUnavailable('The log is away'), new ConcurrencyConflict('Too many others')])(
    'is given back after a while when the world outside was not ready: $name',
    async (error) => {
      const { became, afterMs } = await createPolicy().settle(fails(error));
      expect(became).toBe('released');
      expect(afterMs).toBeGreaterThanOrEqual(50);
      expect(afterMs).toBeLessThanOrEqual(100);
    },
  );

  it.each([new UndecodableTransition('Of a later version'), new TypeError('A mistake of ours')])(
    'that would fail the same way each time is acknowledged, and the error said: $name',
    async (error) => {
      const { settle, logger } = createPolicy();
      expect((await settle(fails(error))).became).toBe('acknowledged');
      expect(logger.lines).toMatchObject([{ level: 'error', fields: { err: error, eventId: 'e' } }]);
    },
  );

  it('that fails the same way each time is one line a minute, however many there are', async () => {
    const { settle, logger, clock } = createPolicy();
    for (let round = 0; round < 300; round++) {
      await settle(fails(new UndecodableTransition(`Of event ${round}`)));
      await clock.run(500);
    }
    expect(logger.lines).toHaveLength(3);
    expect(logger.lines[1]).toMatchObject({ level: 'error', fields: { eventId: 'e', occurrences: 120 } });
  });

  it('is held longer the longer an outage lasts, up to five seconds', async () => {
    const { settle } = createPolicy();
    const waits: number[] = [];
    for (let round = 0; round < 30; round++) waits.push((await settle(fails(new LogUnavailable('away')))).afterMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
    expect(Math.min(...waits.slice(-5))).toBeGreaterThanOrEqual(2_500);
  });

  it('is given back at once when the worker has to let go', async () => {
    const { settle, letGo } = createPolicy();
    letGo.abort();
    expect(await settle(fails(new LogUnavailable('away')))).toEqual({ became: 'released', afterMs: 0 });
  });
});

describe('an outage', () => {
  it('is said once, makes the worker unhealthy while it lasts, and is over with the next success', async () => {
    const { policy, settle, logger } = createPolicy();
    expect(policy.unhealthyReason()).toBeNull();
    for (let round = 0; round < 3; round++) await settle(fails(new LogUnavailable('The log is away')));
    expect(policy.unhealthyReason()).toBe('The log is away');
    expect(logger.lines).toHaveLength(1);
    await settle(done);
    expect(policy.unhealthyReason()).toBeNull();
  });
});
