import { type EventState, evolve } from '../domain/event/state.ts';
import { isEnded } from '../domain/event/status.ts';
import { Timeline, type TimelineView } from '../domain/event/timeline.ts';
import { createChainCheck, traceparentOf } from './envelope.ts';
import { decodeEventTransition } from './event-history.ts';
import { streamOf } from './event-identity.ts';
import { HistoryBroken } from './failures.ts';
import type { EventReader } from './ports/event-log.ts';

export interface EventTimeline extends TimelineView {
  readonly state: EventState;
  readonly receivedAt: string;
  /** When it came to the end that it is at; `null` unless nothing more happens to it by itself. */
  readonly endedAt: string | null;
}

/** Only the last spans are of use to people, and a program that wants all of a history reads the history. */
const MOST_SPANS = 1_000;

/**
 * An event's life, from its history alone. One page of it is in memory at a time. `null` for what was never received.
 * @param now - RFC 3339 in UTC with milliseconds.
 * @throws {LogUnavailable} {HistoryBroken} {UndecodableTransition}
 */
export async function readTimeline(
  log: Pick<EventReader, 'readPages'>,
  eventId: string,
  { now }: { readonly now: string },
): Promise<EventTimeline | null> {
  const stream = streamOf(eventId);
  const isUnbrokenUpTo = createChainCheck();
  const timeline = new Timeline(MOST_SPANS);
  let state: EventState | null = null;
  let [receivedAt, lastAt] = ['', ''];
  for await (const page of log.readPages(stream)) {
    for (const recorded of page) {
      if (!isUnbrokenUpTo(recorded)) throw new HistoryBroken(stream);
      const transition = decodeEventTransition(recorded);
      state = evolve(state, transition);
      receivedAt ||= recorded.recordedAt;
      lastAt = recorded.recordedAt;
      const traceparent = traceparentOf(recorded);
      timeline.take({ transition, revision: Number(recorded.revision), recordedAt: lastAt, traceparent });
    }
  }
  if (state === null) return null;
  return { state, receivedAt, endedAt: isEnded(state.status) ? lastAt : null, ...timeline.view(now) };
}
