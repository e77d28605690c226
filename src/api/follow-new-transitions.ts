import { EVENT_STREAM_PREFIX } from '../application/event-identity.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Checkpoint, EventReader, RecordedTransition } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { RepeatingReport } from '../application/repeating-report.ts';
import { runSubscription, type Subscriber } from '../application/run-subscription.ts';

export interface Following {
  /** From now on every transition that is appended is passed on. Pending while the log cannot be reached. */
  readonly ready: Promise<void>;
  stop(): void;
}

export interface FollowingOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly report: RepeatingReport;
  /** It cannot go on: the log refused the checkpoint. */
  readonly failed: (error: unknown) => void;
}

/** Passes on the transitions of events from the log's current end on, in order, at least once each. */
export function followNewTransitions(
  log: Pick<EventReader, 'subscribeAll' | 'head'>,
  tell: (transition: RecordedTransition) => void,
  { failed, ...surroundings }: FollowingOptions,
): Following {
  const stopping = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  let place: { readonly checkpoint: Checkpoint | null } | null = null;
  const subscriber: Subscriber = {
    name: 'event-waits',
    load: async () => {
      place ??= { checkpoint: (await log.head())?.checkpoint ?? null };
      resolve();
      return place.checkpoint;
    },
    handle: async (transitions, checkpoint) => {
      transitions.forEach(tell);
      place = { checkpoint };
    },
  };
  const options = { ...surroundings, signal: stopping.signal, streamPrefixes: [EVENT_STREAM_PREFIX] };
  runSubscription(log, subscriber, options).catch(failed);
  return { ready, stop: () => stopping.abort() };
}
