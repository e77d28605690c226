import { decodeTransition } from '../../../src/application/decode-transition.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Breach } from '../guarantees/find-breaches.ts';
import type { HandlerRunRecord } from './handlers.ts';

/** The user's handler ran once at most for each attempt, and what the history says of it is what it did. */
export function breachesOfRuns(
  runs: readonly HandlerRunRecord[],
  histories: ReadonlyMap<string, readonly RecordedTransition[]>,
): readonly Breach[] {
  const byAttempt = Map.groupBy(runs, ({ eventId, generation, attempt }) => `${eventId} ${generation}:${attempt}`);
  const breaches: Breach[] = [];
  for (const [attempt, own] of byAttempt)
    if (own.length > 1)
      breaches.push({
        guarantee: 'G5',
        kind: 'doubled',
        eventId: attempt,
        what: `its handler ran ${own.length} times for one attempt`,
      });
  for (const [eventId, history] of histories)
    for (const recorded of history) {
      if (recorded.type !== 'ProcessingSucceeded' && recorded.type !== 'ProcessingFailed') continue;
      const { type, data } = decodeTransition(recorded) as Extract<
        ReturnType<typeof decodeTransition>,
        { type: 'ProcessingSucceeded' | 'ProcessingFailed' }
      >;
      const run = byAttempt.get(`${eventId} ${data.generation}:${data.attempt}`)?.[0];
      const ended = run?.ended ?? null;
      if (run?.cameInTime && type === 'ProcessingFailed' && data.failure.class === 'HandlerTimeout')
        breaches.push({
          guarantee: 'G8',
          kind: 'against the policy',
          eventId,
          what: `attempt ${data.generation}:${data.attempt} had its answer in time, and is recorded as too late`,
        });
      const isTrue =
        type === 'ProcessingSucceeded' ? ended === 'succeeded' : ended === 'failed' || isOurs(data.failure.class);
      if (!isTrue)
        breaches.push({
          guarantee: 'G5',
          kind: 'illegal',
          eventId,
          what: `${type} of ${data.generation}:${data.attempt} is recorded; its handler had ${ended ?? 'not ended'}`,
        });
    }
  return breaches;
}

/** Failures that are stated by us and not thrown by a handler. */
const isOurs = (failureClass: string) => failureClass === 'LeaseExpired' || failureClass === 'HandlerTimeout';
