import { eventTypeAggregate } from '../../domain/event-type/aggregate.ts';
import { covers } from '../../domain/event-type/covers.ts';
import type { Pause } from '../../domain/event-type/state.ts';
import { decodeTransition } from '../decode-transition.ts';
import { CheckpointRefused, UndecodableTransition } from '../failures.ts';
import type { BackgroundService } from '../ports/background-service.ts';
import type { Clock } from '../ports/clock.ts';
import type { Checkpoint, EventReader, RecordedTransition } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';
import { runSubscription, type Subscriber, type SubscriptionLimits } from '../run-subscription.ts';
import type { LatestResume, TypePauses } from './type-pauses.ts';

/** Before a log is followed again that was put back to an older state. */
const PAUSE_MS = 1_000;

interface FollowTypePauses {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<SubscriptionLimits> | undefined;
}

/**
 * Follows the histories of types in the log, and keeps in memory which are paused, so that no claim has to look that up. While
 * the log is unavailable, it is as was heard last; no attempt begins then.
 */
export function followTypePauses({ log, clock, logger, limits }: FollowTypePauses): TypePauses & BackgroundService {
  const stopping = new AbortController();
  const { signal } = stopping;
  let pauses = new Map<string, Pause>();
  let latest: LatestResume | null = null;
  let checkpoint: Checkpoint | null = null;
  let unhealthyReason: string | null = null;
  let isCaughtUp = false;
  const caughtUp = Promise.withResolvers<void>();

  /** Of one stream in order, so that the last one says how it is. */
  function add(recorded: RecordedTransition): void {
    const name = recorded.stream.slice(eventTypeAggregate.streamPrefix.length);
    const transition = decoded(recorded);
    if (transition?.type === 'EventTypePaused') {
      const { pausedAt: since, requestedBy: by, reason } = transition.data;
      pauses.set(name, { since, by, reason });
    }
    if (transition?.type === 'EventTypeResumed') {
      pauses.delete(name);
      latest = { position: recorded.position, at: recorded.recordedAt };
    }
  }

  function decoded(recorded: RecordedTransition) {
    try {
      return decodeTransition(eventTypeAggregate, recorded);
    } catch (error) {
      if (!(error instanceof UndecodableTransition)) throw error;
      logger.error({ err: error }, 'what is recorded about a type of events cannot be read; it is left out');
      return null;
    }
  }

  const subscriber: Subscriber = {
    name: 'type-pauses',
    load: async () => checkpoint,
    handle: async (transitions, after) => {
      for (const recorded of transitions) add(recorded);
      checkpoint = after;
    },
    caughtUp: () => {
      isCaughtUp = true;
      caughtUp.resolve();
    },
  };

  async function follow(): Promise<void> {
    const options = { clock, logger, signal, limits, streamPrefixes: [eventTypeAggregate.streamPrefix] };
    while (!signal.aborted)
      try {
        await runSubscription(log, subscriber, options);
      } catch (error) {
        if (!(error instanceof CheckpointRefused)) throw error;
        logger.warn({ err: error }, 'the log was put back to an older state: which types are paused is read again');
        pauses = new Map();
        latest = null;
        checkpoint = null;
        await clock.sleep(PAUSE_MS, signal);
      }
  }

  let following: Promise<void> | null = null;
  return {
    name: subscriber.name,
    async start() {
      following ??= follow().catch((error: unknown) => {
        unhealthyReason = 'which types are paused cannot be followed in the log; see the line of the log that says so';
        logger.error({ err: error }, 'which types are paused cannot be followed in the log: pauses are not noticed');
      });
    },
    async stop() {
      stopping.abort();
      await following;
    },
    unhealthyReason: () => unhealthyReason,
    caughtUp: () => (isCaughtUp ? null : caughtUp.promise),
    over: (type) => (pauses.size === 0 ? [] : [...pauses.keys()].filter((name) => covers(name, type))),
    all: () => pauses,
    latestResume: () => latest,
  };
}
