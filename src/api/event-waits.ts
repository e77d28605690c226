import { streamOf } from '../application/event-identity.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EventReader, RecordedTransition } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import { createRepeatingReport, kindOf } from '../application/repeating-report.ts';
import { type EventStatus, mayBecome, statusAfter } from '../domain/event/status.ts';
import { isTransitionType } from '../domain/event/transitions.ts';
import { type Following, followNewTransitions } from './follow-new-transitions.ts';

/** What the report of waits is about. */
const ABOUT = 'waiting for events';

/** Whether there is nothing to wait for: the event has the status, or cannot get it any more. */
export const isSettled = (status: EventStatus, wanted: EventStatus) => status === wanted || !mayBecome(status, wanted);

interface Waiter {
  readonly clientId: string;
  readonly wanted: EventStatus;
  readonly end: PromiseWithResolvers<void>;
}

export interface Wait {
  readonly eventId: string;
  readonly clientId: string;
  readonly wanted: EventStatus;
  readonly timeoutMs: number;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** The event's status in the log. */
  readonly status: () => Promise<EventStatus | null>;
}

export interface EventWaits {
  /**
   * Resolves once the event is settled, at the timeout, when the client is gone, or when the server closes: `ended`;
   * `full` at once when as many are waiting as may, and `share-used-up` when as many of this client are.
   * @throws what `status` throws.
   */
  until(wait: Wait): Promise<'ended' | 'full' | 'share-used-up'>;
  /** Ends every wait, and all that come. */
  close(): void;
}

interface EventWaitsOptions {
  readonly log: Pick<EventReader, 'subscribeAll' | 'head'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limit: number;
  readonly limitOfOneClient: number;
}

/**
 * Requests that wait until an event has a status. One subscription serves all of them: it starts at the log's end with
 * the first and stops with the last. Each request looks at the event after that, so a transition is either seen there
 * or still to be delivered.
 */
export function createEventWaits({ log, clock, logger, limit, limitOfOneClient }: EventWaitsOptions): EventWaits {
  /** Of all subscriptions: while the log is unavailable there may be one for each request. */
  const report = createRepeatingReport({ logger, clock });
  const waiting = new Map<string, Set<Waiter>>();
  const ofClient = new Map<string, number>();
  let count = 0;
  let closed = false;
  let following: Following | null = null;

  function wake({ stream, type }: RecordedTransition): void {
    const status = isTransitionType(type) ? statusAfter(type) : null;
    for (const waiter of waiting.get(stream) ?? [])
      if (status === null || isSettled(status, waiter.wanted)) waiter.end.resolve();
  }

  function failAll(error: unknown): void {
    report.occurred({
      about: ABOUT,
      kind: kindOf(error),
      level: 'error',
      fields: { err: error },
      message: 'events cannot be waited for: the log cannot be followed',
    });
    following = null;
    for (const waiters of waiting.values()) for (const waiter of waiters) waiter.end.resolve();
  }

  function join(stream: string, waiter: Waiter): Following {
    count++;
    ofClient.set(waiter.clientId, (ofClient.get(waiter.clientId) ?? 0) + 1);
    waiting.set(stream, (waiting.get(stream) ?? new Set()).add(waiter));
    following ??= followNewTransitions(log, wake, { name: 'event-waits', clock, logger, report, failed: failAll });
    return following;
  }

  function leave(stream: string, waiter: Waiter): void {
    const waiters = waiting.get(stream);
    waiters?.delete(waiter);
    if (waiters?.size === 0) waiting.delete(stream);
    const others = (ofClient.get(waiter.clientId) ?? 0) - 1;
    if (others > 0) ofClient.set(waiter.clientId, others);
    else ofClient.delete(waiter.clientId);
    if (--count > 0) return;
    following?.stop();
    following = null;
  }

  return {
    async until({ eventId, clientId, wanted, timeoutMs, signal, status }) {
      if ((ofClient.get(clientId) ?? 0) >= limitOfOneClient) return 'share-used-up';
      if (count >= limit) return 'full';
      if (closed || signal.aborted) return 'ended';
      const stream = streamOf(eventId);
      const waiter: Waiter = { clientId, wanted, end: Promise.withResolvers() };
      const { ready } = join(stream, waiter);
      const timer = new AbortController();
      const gone = () => waiter.end.resolve();
      signal.addEventListener('abort', gone, { once: true });
      const look = async () => {
        await ready;
        report.wentWell(ABOUT);
        const now = await status();
        if (now === null || isSettled(now, wanted)) waiter.end.resolve();
      };
      look().catch((error) => waiter.end.reject(error));
      try {
        await Promise.race([waiter.end.promise, clock.sleep(timeoutMs, timer.signal)]);
      } finally {
        timer.abort();
        signal.removeEventListener('abort', gone);
        leave(stream, waiter);
      }
      return 'ended';
    },
    close() {
      closed = true;
      for (const waiters of waiting.values()) for (const waiter of waiters) waiter.end.resolve();
    },
  };
}
