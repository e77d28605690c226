import { EVENT_STREAM_PREFIX } from '../application/event-identity.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EventReader, RecordedTransition } from '../application/ports/event-log.ts';
import type { LogPlace } from '../application/ports/log-segments.ts';
import type { Logger } from '../application/ports/logger.ts';
import { BEGINNING } from '../application/read-transitions.ts';
import type { RepeatingReport } from '../application/repeating-report.ts';
import { runSubscription, type Subscriber } from '../application/run-subscription.ts';

export interface Following {
  /** From this place on every transition that is appended is passed on. Pending while the log cannot be reached. */
  readonly ready: Promise<LogPlace>;
  stop(): void;
}

export interface FollowingOptions {
  /** What follows, as reports name it. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly report: RepeatingReport;
  /** It cannot go on: the log refused the checkpoint. */
  readonly failed: (error: unknown) => void;
}

/** Takes one transition after the other, each with its place. Those behind it wait for what it returns. */
type Take = (transition: RecordedTransition, place: LogPlace) => void | Promise<void>;

/** Passes on the transitions of events from the log's current end on, in order, at least once each. */
export function followNewTransitions(
  log: Pick<EventReader, 'subscribeAll' | 'head'>,
  take: Take,
  { name, failed, ...surroundings }: FollowingOptions,
): Following {
  const stopping = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<LogPlace>();
  let place: LogPlace | null = null;
  const subscriber: Subscriber = {
    name,
    load: async () => {
      if (place === null) {
        const head = await log.head();
        place = head === null ? BEGINNING : { after: head.checkpoint, position: head.position };
      }
      resolve(place);
      return place.after;
    },
    handle: async (transitions, checkpoint) => {
      const { after, position } = place ?? BEGINNING;
      for (const each of transitions) {
        const taken = take(each, { after, position: each.position });
        if (taken !== undefined) await taken;
      }
      place = { after: checkpoint, position: transitions.at(-1)?.position ?? position };
    },
  };
  const options = { ...surroundings, signal: stopping.signal, streamPrefixes: [EVENT_STREAM_PREFIX] };
  runSubscription(log, subscriber, options).catch(failed);
  return { ready, stop: () => stopping.abort() };
}
