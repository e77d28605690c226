import { Gauge, type Registry } from 'prom-client';
import type { Checkpoint, EventReader } from '../../../application/ports/event-log.ts';
import { ageSeconds } from './durations.ts';
import { type Reading, type ReadingOptions, readingLimits, sharedReading } from './shared-reading.ts';

export interface FollowedLog {
  readonly log: Pick<EventReader, 'head' | 'subscribeAll'>;
  /** Those whose lag is measured. */
  readonly subscribers: readonly FollowedSubscriber[];
  /** How far each of them has come. */
  storedCheckpoints(): Promise<ReadonlyMap<string, Checkpoint>>;
}

export interface FollowedSubscriber {
  readonly name: string;
  readonly streamPrefixes: readonly string[];
  /** Without a checkpoint, all of the log is still to be handled; of another subscriber nothing is known then. */
  readonly startsAtBeginning: boolean;
}

/** Seconds by subscriber; one that cannot be measured is absent. */
type Lags = ReadonlyMap<string, number>;

/**
 * The age of the oldest transition that each subscriber has not handled, 0 where there is none. Read from the log behind the
 * stored checkpoint, so that an idle log is no lag, and a subscriber that no process runs falls behind all the same.
 */
export function lagReading(followed: FollowedLog, options: ReadingOptions): Reading<Lags> {
  const { log, subscribers, storedCheckpoints } = followed;
  const { clock } = options;
  const { patienceMs } = { ...readingLimits, ...options.limits };
  /** Where each had nothing left to handle, so that a quiet log is not read again. */
  const caughtUpAt = new Map<string, string>();

  async function lagOf(
    { name, streamPrefixes }: FollowedSubscriber,
    after: Checkpoint | null,
    head: string,
    signal: AbortSignal,
  ): Promise<number | null> {
    const state = `${after} ${head}`;
    if (caughtUpAt.get(name) === state) return 0;
    const oldest = await oldestUnhandled(log, after, streamPrefixes, signal);
    if (oldest === undefined) return null;
    if (oldest !== null) return ageSeconds(oldest, clock.now());
    caughtUpAt.set(name, state);
    return 0;
  }

  async function measure(signal: AbortSignal): Promise<Lags> {
    // First: while the log is unavailable, subscriptions would wait for it.
    const head = await log.head();
    const checkpoints = await storedCheckpoints();
    const lags = new Map<string, number>();
    for (const subscriber of subscribers) {
      const after = checkpoints.get(subscriber.name) ?? null;
      if (after === null && !subscriber.startsAtBeginning) continue;
      const lag = head === null ? 0 : await lagOf(subscriber, after, head.checkpoint, signal).catch(() => null);
      if (lag !== null) lags.set(subscriber.name, lag);
    }
    return lags;
  }

  return sharedReading(async () => {
    const tooLate = new AbortController();
    const done = new AbortController();
    void clock.sleep(patienceMs, done.signal).then(() => tooLate.abort());
    try {
      return await measure(tooLate.signal);
    } finally {
      done.abort();
    }
  }, options);
}

/** When it was recorded; `null` where there is none, `undefined` where that could not be found out. */
async function oldestUnhandled(
  log: Pick<EventReader, 'subscribeAll'>,
  after: Checkpoint | null,
  streamPrefixes: readonly string[],
  signal: AbortSignal,
): Promise<string | null | undefined> {
  for await (const message of log.subscribeAll(after, { streamPrefixes, maxBatch: 1, signal })) {
    if (message.kind === 'caught-up') return null;
    if (message.kind === 'transitions') return message.transitions[0]?.recordedAt;
  }
  return undefined;
}

export function exposeLags(reading: Reading<Lags>, registry: Registry): void {
  new Gauge({
    name: 'eventops_lag_seconds',
    help: "Age of the oldest transition that the subscriber has not handled; 0 when it has caught up with the log's head.",
    labelNames: ['subscriber'],
    registers: [registry],
    async collect() {
      const lags = await reading();
      this.reset();
      for (const [subscriber, seconds] of lags ?? []) this.set({ subscriber }, seconds);
    },
  });
}
