import { apiKeyAggregate } from '../../domain/api-key/aggregate.ts';
import { ApiKeysUnavailable, CheckpointRefused } from '../failures.ts';
import { type Clock, timestamp } from '../ports/clock.ts';
import type { Checkpoint, EventReader, RecordedTransition } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';
import { runSubscription, type Subscriber, type SubscriptionLimits } from '../run-subscription.ts';
import { createKeyRing, type KeyRing, type KnownApiKey } from './key-ring.ts';

export const apiKeysLimits = {
  /** Keys in memory; those that are live are all there. */
  remembered: 2_000,
  /** Before the log is read from its beginning again. */
  pauseMs: 1_000,
} as const;
export type ApiKeysLimits = { readonly [Limit in keyof typeof apiKeysLimits]: number } & SubscriptionLimits;

/** The API keys as the log has them, in the memory of this process. */
export interface ApiKeys {
  /** The key of which this is the digest, live or not; `null` for one that has changed and is not known as it is now. @throws {ApiKeysUnavailable} */
  withDigest(keySha256: string): KnownApiKey | null;
  /** In the order of creation; of those that have ended the latest. @throws {ApiKeysUnavailable} */
  all(): readonly KnownApiKey[];
  /** Resolves once the log has been read. */
  readonly caughtUp: Promise<void>;
  /** Resolves once this process goes by this revision of a key's history, or after `timeoutMs`. */
  known(id: string, revision: number, timeoutMs: number): Promise<void>;
  /** Why keys cannot be judged, in words for an operator; `null` when they can. */
  unhealthyReason(): string | null;
  stop(): Promise<void>;
}

interface FollowApiKeys {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reportBroken: (stream: string) => void;
  readonly limits?: Partial<ApiKeysLimits> | undefined;
}

/** The last one of each key. */
const revisionsOf = (transitions: readonly RecordedTransition[]): ReadonlyMap<string, number> =>
  new Map(
    transitions.map(({ stream, revision }) => [stream.slice(apiKeyAggregate.streamPrefix.length), Number(revision)]),
  );

interface Waiter {
  readonly id: string;
  readonly revision: number;
  readonly resolve: () => void;
}

/**
 * Follows the histories of API keys and keeps what they add up to in memory, so that a key is judged without a look-up,
 * and without any part but the log; while that is unavailable, by what was heard last.
 */
export function followApiKeys({ log, clock, logger, reportBroken, limits }: FollowApiKeys): ApiKeys {
  const { remembered, pauseMs } = { ...apiKeysLimits, ...limits };
  const emptyRing = () => createKeyRing({ reportBroken, logger, remembered });
  const stopping = new AbortController();
  const { signal } = stopping;
  /** `null` until the log has been read once. */
  let current: KeyRing | null = null;
  let reading = emptyRing();
  let checkpoint: Checkpoint | null = null;
  let unhealthyReason: string | null = 'the API keys have not all been read from the log yet';
  const caughtUp = Promise.withResolvers<void>();
  const waiting = new Set<Waiter>();
  /** Revisions that were asked for and have not been heard of: a key that was revoked here is refused meanwhile. */
  const unheard = new Map<string, number>();

  const isKnown = ({ id, revision }: Pick<Waiter, 'id' | 'revision'>) => (current?.get(id)?.revision ?? -1) >= revision;
  /** Also of a key that was revoked and forgotten with that. */
  function wake(heard: ReadonlyMap<string, number> = new Map()): void {
    const isOver = (one: Pick<Waiter, 'id' | 'revision'>) => isKnown(one) || (heard.get(one.id) ?? -1) >= one.revision;
    for (const waiter of waiting) if (isOver(waiter)) waiter.resolve();
    for (const [id, revision] of unheard) if (isOver({ id, revision })) unheard.delete(id);
  }

  const subscriber: Subscriber = {
    name: 'api-keys',
    load: async () => checkpoint,
    handle: async (transitions, after) => {
      const now = timestamp(clock.now());
      for (const recorded of transitions) reading.add(recorded, now);
      checkpoint = after;
      if (reading === current) wake(revisionsOf(transitions));
    },
    caughtUp: () => {
      current = reading;
      unhealthyReason = null;
      caughtUp.resolve();
      wake();
    },
  };

  async function follow(): Promise<void> {
    const options = { clock, logger, signal, limits, streamPrefixes: [apiKeyAggregate.streamPrefix] };
    while (!signal.aborted)
      try {
        await runSubscription(log, subscriber, options);
      } catch (error) {
        if (!(error instanceof CheckpointRefused)) throw error;
        logger.warn({ err: error }, 'the log was put back to an older state: API keys are read from its beginning');
        reading = emptyRing();
        unheard.clear();
        checkpoint = null;
        await clock.sleep(pauseMs, signal);
      }
  }

  const following = follow().catch((error: unknown) => {
    unhealthyReason = 'the API keys cannot be followed in the log; see the line of the log that says so';
    logger.error({ err: error }, 'API keys cannot be followed in the log: what happens to them is not noticed');
  });

  function ring(): KeyRing {
    if (current === null || unhealthyReason !== null) throw new ApiKeysUnavailable(unhealthyReason ?? '');
    return current;
  }

  return {
    withDigest(keySha256) {
      const key = ring().withDigest(keySha256);
      return key !== null && key.revision < (unheard.get(key.id) ?? 0) ? null : key;
    },
    all: () => [...ring().all()],
    caughtUp: caughtUp.promise,
    async known(id, revision, timeoutMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiter = { id, revision, resolve };
      if (isKnown(waiter)) return;
      if (current?.get(id)) unheard.set(id, revision);
      waiting.add(waiter);
      const timer = new AbortController();
      await Promise.race([promise, clock.sleep(timeoutMs, timer.signal)]);
      timer.abort();
      waiting.delete(waiter);
    },
    unhealthyReason: () => unhealthyReason,
    async stop() {
      stopping.abort();
      await following;
    },
  };
}
