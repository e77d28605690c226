import { describe, expect, it } from 'vitest';
import { LogUnavailable, ReadDatabaseUnavailable } from '../../../../../src/application/failures.ts';
import type { Checkpoint, EventLog } from '../../../../../src/application/ports/event-log.ts';
import { revision } from '../../../../../src/application/ports/event-log.ts';
import { createInMemoryLog } from '../../../../support/in-memory-log.ts';
import { valuesOf } from '../../../../support/metrics/exposition.ts';
import { metricsUnderTest } from '../../../../support/metrics/metrics-under-test.ts';

const PROJECTION = 'projection:events';

function setUp() {
  const { metrics, clock, samples } = metricsUnderTest();
  const inner = createInMemoryLog();
  const checkpoints = new Map<string, Checkpoint>();
  const switches = { isLogThere: true, isDatabaseThere: true };
  let subscriptions = 0;
  const log: EventLog = {
    ...inner,
    head: async () => {
      if (!switches.isLogThere) throw new LogUnavailable('unavailable');
      return inner.head();
    },
    subscribeAll: (...given) => {
      subscriptions++;
      return inner.subscribeAll(...given);
    },
  };
  metrics.showLagIn({
    log,
    subscribers: [
      { name: PROJECTION, streamPrefixes: ['event-'], startsAtBeginning: true },
      { name: 'dispatcher', streamPrefixes: ['event-'], startsAtBeginning: false },
    ],
    storedCheckpoints: async () => {
      if (!switches.isDatabaseThere) throw new ReadDatabaseUnavailable('unavailable');
      return checkpoints;
    },
  });
  const appended = async (stream: string, recordedAt: string) => {
    const transition = { id: crypto.randomUUID(), type: 'T', schemaVersion: 1, recordedAt, data: '{}', metadata: '{}' };
    const length = (await inner.readStream(stream)).length;
    const expectedRevision = length === 0 ? 'no-stream' : revision(length - 1);
    await inner.append({ stream, expectedRevision, transitions: [transition] });
    return (await inner.head())?.checkpoint as Checkpoint;
  };
  return {
    ...{ clock, checkpoints, switches, appended, subscriptions: () => subscriptions },
    secondsAgo: (seconds: number) => new Date(clock.now() - seconds * 1_000).toISOString(),
    /** Later, so that what was measured before is not believed any more. */
    lags: async () => {
      clock.advance(5_000);
      return valuesOf(await samples(), 'eventops_lag_seconds', 'subscriber');
    },
  };
}

describe('the lag of a subscriber', () => {
  it('is 0 on an empty log, and on an idle one of which all is handled, however long ago', async () => {
    const { checkpoints, appended, secondsAgo, lags } = setUp();
    expect(await lags()).toEqual({ [PROJECTION]: 0 });
    checkpoints.set(PROJECTION, await appended('event-1', secondsAgo(10_000)));
    expect(await lags()).toEqual({ [PROJECTION]: 0 });
  });

  it('is the age of the oldest transition that is not handled, and grows while nothing is', async () => {
    const { checkpoints, appended, secondsAgo, lags } = setUp();
    checkpoints.set(PROJECTION, await appended('event-1', secondsAgo(60)));
    await appended('event-1', secondsAgo(20));
    await appended('event-1', secondsAgo(1));
    expect(await lags()).toEqual({ [PROJECTION]: 25 });
    expect(await lags()).toEqual({ [PROJECTION]: 30 });
  });

  it('is of all of the log for a projection without a checkpoint, and unknown for another subscriber', async () => {
    const { appended, secondsAgo, lags } = setUp();
    await appended('event-1', secondsAgo(100));
    expect(await lags()).toEqual({ [PROJECTION]: 105 });
  });

  it('is of the transitions that concern the subscriber, and a log that has no others is not read twice', async () => {
    const { checkpoints, appended, secondsAgo, lags, subscriptions } = setUp();
    checkpoints.set(PROJECTION, await appended('event-1', secondsAgo(60)));
    checkpoints.set('dispatcher', checkpoints.get(PROJECTION) as Checkpoint);
    await appended('api-key-1', secondsAgo(50));
    expect(await lags()).toEqual({ [PROJECTION]: 0, dispatcher: 0 });
    expect(subscriptions()).toBe(2);
    expect(await lags()).toEqual({ [PROJECTION]: 0, dispatcher: 0 });
    expect(subscriptions()).toBe(2);
    await appended('event-2', secondsAgo(3));
    expect(await lags()).toEqual({ [PROJECTION]: 8, dispatcher: 8 });
  });

  it('is not below zero, though the clock of who appended is ahead', async () => {
    const { appended, secondsAgo, lags } = setUp();
    await appended('event-1', secondsAgo(-1_000));
    expect(await lags()).toEqual({ [PROJECTION]: 0 });
  });

  it.each(['isLogThere', 'isDatabaseThere'] as const)('is absent, not wrong, while not %s', async (what) => {
    const { switches, appended, secondsAgo, lags, subscriptions } = setUp();
    await appended('event-1', secondsAgo(10));
    switches[what] = false;
    expect(await lags()).toEqual({});
    expect(subscriptions()).toBe(0);
    switches[what] = true;
    expect(await lags()).toEqual({ [PROJECTION]: 20 });
  });

  it('is read once for all who scrape within five seconds', async () => {
    const { appended, secondsAgo, lags, subscriptions, clock } = setUp();
    await appended('event-1', secondsAgo(10));
    await Promise.all([lags(), lags(), lags()]);
    clock.advance(-5_000);
    expect(subscriptions()).toBe(1);
  });
});
