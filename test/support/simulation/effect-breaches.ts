import { decodeEventTransition } from '../../../src/application/event-history.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { PoisonLimits } from '../../../src/domain/event/suspicion.ts';
import type { Breach } from '../guarantees/find-breaches.ts';
import type { HandlerRunRecord } from './handlers.ts';

/** The user's handler ran once at most for each claim of an attempt, and what the history says of it is what it did. */
export function breachesOfRuns(
  runs: readonly HandlerRunRecord[],
  histories: ReadonlyMap<string, readonly RecordedTransition[]>,
  { maxCrashes }: Pick<PoisonLimits, 'maxCrashes'>,
): readonly Breach[] {
  const byAttempt = Map.groupBy(runs, ({ eventId, generation, attempt }) => `${eventId} ${generation}:${attempt}`);
  const breaches: Breach[] = [];
  for (const [attempt, own] of byAttempt) {
    const claims = claimsOf(attempt, histories);
    if (own.length > claims)
      breaches.push({
        guarantee: 'G5',
        kind: 'doubled',
        eventId: attempt,
        what: `its handler ran ${own.length} times for ${claims} claims of one attempt`,
      });
  }
  for (const [eventId, history] of histories)
    for (const recorded of history) {
      if (recorded.type !== 'ProcessingSucceeded' && recorded.type !== 'ProcessingFailed') continue;
      const { type, data } = decodeEventTransition(recorded) as Extract<
        ReturnType<typeof decodeEventTransition>,
        { type: 'ProcessingSucceeded' | 'ProcessingFailed' }
      >;
      const own = byAttempt.get(`${eventId} ${data.generation}:${data.attempt}`) ?? [];
      const has = (end: HandlerRunRecord['ended']) => own.some(({ ended }) => ended === end);
      const last = own.at(-1);
      if (type === 'ProcessingFailed' && data.failure.class === 'HandlerTimeout') {
        const late = (why: string) =>
          breaches.push({
            ...{ guarantee: 'G8', kind: 'against the policy', eventId },
            what: `attempt ${data.generation}:${data.attempt} ${why}, and is recorded as too late`,
          });
        if (last?.cameInTime) late('had its answer in time');
        if (last?.wasStoppedEarly) late('had time left');
      }
      const hasFailed = () => {
        const { failure } = data as Extract<typeof data, { readonly failure: unknown }>;
        if (failure.class === 'HandlerCrashed') return has('with its process of handlers');
        return has('failed') || isOurs(failure.class);
      };
      const isTrue = type === 'ProcessingSucceeded' ? has('succeeded') : hasFailed();
      if (!isTrue)
        breaches.push({
          guarantee: 'G5',
          kind: 'illegal',
          eventId,
          what: `${type} of ${data.generation}:${data.attempt} is recorded; its handler had ${own.at(-1)?.ended ?? 'not ended'}`,
        });
    }
  for (const [eventId, history] of histories) breaches.push(...deadWithoutFailing(eventId, history, maxCrashes));
  return breaches;
}

/** An event is a dead letter for want of attempts only after so many of its own have failed. */
function deadWithoutFailing(
  eventId: string,
  history: readonly RecordedTransition[],
  maxCrashes: number,
): readonly Breach[] {
  const transitions = history.map(decodeEventTransition);
  return transitions.flatMap((last): readonly Breach[] => {
    if (last.type !== 'EventDeadLettered') return [];
    const { generation, policy } = last.data;
    const alone = transitions.filter(
      ({ type, data }) => type === 'ProcessingInterrupted' && data.generation === generation && data.wasAlone,
    ).length;
    // The last end of a worker is not recorded as an interruption, but as the event's death.
    if (last.data.reason === 'poison' && alone < maxCrashes - 1)
      return [
        {
          ...{ guarantee: 'G8', kind: 'against the policy', eventId },
          what: `is poison after ${alone} earlier ends of workers that ran nothing else`,
        },
      ];
    if (last.data.reason !== 'attempts-exhausted') return [];
    const failed = transitions.filter(
      ({ type, data }) => type === 'ProcessingFailed' && data.generation === generation,
    ).length;
    if (failed >= policy.maxAttempts) return [];
    const what = `is dead for want of attempts after ${failed} that failed of ${policy.maxAttempts}`;
    return [{ guarantee: 'G8', kind: 'against the policy', eventId, what }];
  });
}

/** Failures that are stated by us and not thrown by a handler. */
const isOurs = (failureClass: string) => failureClass === 'Poison' || failureClass === 'HandlerTimeout';

/** An attempt that was interrupted is claimed again. */
function claimsOf(attempt: string, histories: ReadonlyMap<string, readonly RecordedTransition[]>): number {
  const eventId = attempt.slice(0, attempt.indexOf(' '));
  return (histories.get(eventId) ?? []).filter((recorded) => {
    if (recorded.type !== 'ProcessingStarted') return false;
    const { type, data } = decodeEventTransition(recorded);
    return type === 'ProcessingStarted' && attempt === `${eventId} ${data.generation}:${data.attempt}`;
  }).length;
}
