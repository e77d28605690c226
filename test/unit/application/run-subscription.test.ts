import { describe, expect, it } from 'vitest';
import { CheckpointRefused } from '../../../src/application/failures.ts';
import type { Checkpoint, EventLog, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { runSubscription } from '../../../src/application/run-subscription.ts';
import { histories } from '../../support/domain/transitions.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { sealedHistory } from '../../support/sealed-history.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

const logged = () => {
  const warnings: object[] = [];
  const ignore = () => {};
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (fields) => void warnings.push(fields),
    child: () => logger,
  };
  return { logger, warnings };
};

async function fill(log: EventLog, ...eventIds: readonly string[]) {
  for (const eventId of eventIds) {
    const [first] = sealedHistory(histories.received, eventId);
    if (first === undefined) throw new Error('No history');
    const { stream, revision: _revision, position: _position, ...proposed } = first;
    await log.append({ stream, expectedRevision: 'no-stream', transitions: [proposed] });
  }
}

/** A subscriber that keeps what it saw, and fails where `fail` says so. */
function setUp(fail: (handled: number) => Error | null = () => null) {
  const log = createInMemoryLog();
  const stop = new AbortController();
  const steps: string[] = [];
  const pausesMs: number[] = [];
  let stored: Checkpoint | null = null;
  let calls = 0;
  const { logger, warnings } = logged();
  const subscriber = {
    name: 'follower',
    load: async () => stored,
    handle: async (transitions: readonly RecordedTransition[], checkpoint: Checkpoint) => {
      const failure = fail(calls++);
      if (failure !== null) throw failure;
      steps.push(...transitions.map(({ stream }) => stream));
      stored = checkpoint;
    },
    caughtUp: () => {
      steps.push('caught up');
      stop.abort();
    },
  };
  const clock = {
    now: () => 0,
    sleep: async (delayMs: number) => {
      pausesMs.push(delayMs);
    },
  };
  const run = (from: Pick<EventLog, 'subscribeAll'> = log) =>
    runSubscription(from, subscriber, { clock, logger, signal: stop.signal, maxBatch: 1 });
  return { log, run, stop, steps, subscriber, pausesMs, warnings, stored: () => stored };
}

describe('a subscription', () => {
  it('hands everything over once and in order, and stops when told', async () => {
    const { log, run, steps } = setUp();
    await fill(log, 'a', 'b', 'c');
    await run();
    expect(steps).toEqual(['event-a', 'event-b', 'event-c', 'caught up']);
  });

  it('goes on after the stored checkpoint', async () => {
    const first = setUp();
    await fill(first.log, 'a', 'b');
    await first.run();
    const second = setUp();
    await fill(first.log, 'c');
    second.subscriber.load = async () => first.stored();
    await second.run(first.log);
    expect(second.steps).toEqual(['event-c', 'caught up']);
  });

  it('never handles two messages at a time', async () => {
    let inHand = 0;
    const { log, run, subscriber } = setUp();
    const { handle } = subscriber;
    const most: number[] = [];
    subscriber.handle = async (transitions, checkpoint) => {
      most.push(++inHand);
      await new Promise(setImmediate);
      await handle(transitions, checkpoint);
      inHand -= 1;
    };
    await fill(log, 'a', 'b', 'c');
    await run();
    expect(most).toEqual([1, 1, 1]);
  });

  it('tries again from the stored checkpoint, and skips nothing', async () => {
    const { log, run, steps, pausesMs, warnings } = setUp((call) =>
      call === 1 || call === 2 ? new Error('down') : null,
    );
    await fill(log, 'a', 'b', 'c');
    await run();
    expect(steps).toEqual(['event-a', 'event-b', 'event-c', 'caught up']);
    expect(pausesMs).toEqual([100, 200]);
    // The second failure is the same problem.
    expect(warnings).toMatchObject([{ subscriber: 'follower' }]);
  });

  it('pauses longer each time, up to five seconds, and starts from the first pause after a success', async () => {
    const { log, run, pausesMs } = setUp((call) => (call < 8 || call === 9 ? new Error('down') : null));
    await fill(log, 'a', 'b');
    await run();
    expect(pausesMs).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 100]);
  });

  it('goes on when the log ends it silently', async () => {
    const { log, run, steps } = setUp();
    await fill(log, 'a', 'b');
    await run({
      subscribeAll: async function* (after, options) {
        for await (const message of log.subscribeAll(after, options)) {
          yield message;
          if (after === null) return;
        }
      },
    });
    expect(steps).toEqual(['event-a', 'event-b', 'caught up']);
  });

  it('moves its checkpoint over what does not concern it', async () => {
    const { log, run, steps, stored } = setUp();
    await fill(log, 'a');
    await run({
      subscribeAll: (after, options) => log.subscribeAll(after, { ...options, streamPrefixes: ['other-'] }),
    });
    expect(steps).toEqual(['caught up']);
    expect(stored()).toBe((await log.head())?.checkpoint);
  });

  it('does not go on by itself from a checkpoint that is not a position in the log', async () => {
    const { run, subscriber, pausesMs } = setUp();
    subscriber.load = async () => 'another-log/3' as Checkpoint;
    await expect(run()).rejects.toThrow(CheckpointRefused);
    expect(pausesMs).toEqual([]);
  });

  it('ends quietly when it is stopped in the middle of a failure', async () => {
    const { log, run, stop, pausesMs, warnings } = setUp((call) => {
      if (call === 1) stop.abort();
      return call === 1 ? new Error('closed under us') : null;
    });
    await fill(log, 'a', 'b');
    await run();
    expect({ pausesMs, warnings }).toEqual({ pausesMs: [], warnings: [] });
  });

  it('ends while it waits for more', async () => {
    const { log, run, stop, subscriber } = setUp();
    await fill(log, 'a');
    const waiting = Promise.withResolvers<void>();
    subscriber.caughtUp = () => waiting.resolve();
    const running = run();
    await waiting.promise;
    stop.abort();
    await expect(running).resolves.toBeUndefined();
  });

  it('begins again from the stored checkpoint when it was moved while the log was quiet', async () => {
    const { log, stop, steps } = setUp();
    const clock = createVirtualClock();
    const { logger, warnings } = logged();
    await fill(log, 'a', 'b');
    let stored: Checkpoint | null = null;
    let reached: Checkpoint | null = null;
    const subscriber = {
      name: 'follower',
      load: async () => (reached = stored),
      handle: async (transitions: readonly RecordedTransition[], checkpoint: Checkpoint) => {
        steps.push(...transitions.map(({ stream }) => stream));
        reached = stored = checkpoint;
      },
      isCheckpointUnmoved: async () => stored === reached,
    };
    const running = runSubscription(log, subscriber, { clock, logger, signal: stop.signal, maxBatch: 1 });
    await clock.runUntil(() => steps.length === 2);
    stored = null;
    await clock.runUntil(() => steps.length === 4);
    expect(steps).toEqual(['event-a', 'event-b', 'event-a', 'event-b']);
    expect(warnings).toHaveLength(1);
    stop.abort();
    await clock.finish(running);
  });
});
