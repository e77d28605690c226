import type { BackgroundService } from '../application/ports/background-service.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EventReader } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import { runSubscription, type Subscriber, type SubscriptionLimits } from '../application/run-subscription.ts';

export const followingLimits = {
  /**
   * Transitions in one batch, when so many are waiting. Of an event whose transitions come in one batch, only the last
   * state is written: with 1,000 instead, a loaded system wrote each row three times instead of twice.
   */
  maxBatch: 5_000,
} as const;
export type FollowingLimits = { readonly [Limit in keyof typeof followingLimits]: number } & SubscriptionLimits;

interface FollowingOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly streamPrefixes: readonly string[];
  /** Overrides of the defaults. */
  readonly limits?: Partial<FollowingLimits> | undefined;
}

export interface FollowingService extends BackgroundService {
  /** Resolves once everything that was in the log at the start has been handled. */
  readonly caughtUp: Promise<void>;
}

/** A subscriber as a service: it follows the log until it is stopped. */
export function followLog(
  log: Pick<EventReader, 'subscribeAll'>,
  subscriber: Subscriber,
  { clock, logger, streamPrefixes, limits = {} }: FollowingOptions,
): FollowingService {
  const caughtUp = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let unhealthyReason: string | null = 'it has not started';
  const { signal } = stopping;
  const { maxBatch } = { ...followingLimits, ...limits };
  const failing = (error: unknown): never => {
    unhealthyReason = error instanceof Error ? error.message : String(error);
    throw error;
  };
  const observed: Subscriber = {
    ...subscriber,
    // That the checkpoint was read ends no failure: whether its transitions can be handled is not known yet.
    load: () => subscriber.load().catch(failing),
    handle: async (transitions, checkpoint) => {
      await subscriber.handle(transitions, checkpoint).catch(failing);
      unhealthyReason = null;
    },
    caughtUp: async () => {
      await subscriber.caughtUp?.();
      unhealthyReason = null;
      caughtUp.resolve();
    },
  };
  return {
    caughtUp: caughtUp.promise,
    name: subscriber.name,
    async start() {
      unhealthyReason = null;
      running = runSubscription(log, observed, { clock, logger, signal, streamPrefixes, maxBatch, limits }).catch(
        (error: unknown) => {
          unhealthyReason = error instanceof Error ? error.message : String(error);
          logger.error({ err: error, subscriber: subscriber.name }, 'the subscriber has stopped');
        },
      );
    },
    async stop() {
      stopping.abort();
      await running;
    },
    unhealthyReason: () => unhealthyReason,
  };
}
