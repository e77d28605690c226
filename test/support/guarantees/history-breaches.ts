import { isUnbroken, unseal } from '../../../src/application/envelope.ts';
import { decodeEventTransition } from '../../../src/application/event-history.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { type EventState, fold } from '../../../src/domain/event/state.ts';
import type { RetryPolicy, Transition } from '../../../src/domain/event/transitions.ts';
import type { Breach, BreachKind, Guarantee } from './find-breaches.ts';

const ends = ['PROCESSED', 'DEAD', 'DISCARDED'];

/** What is promised of every history, whatever happens to the processes. */
export function breachesOfHistory(eventId: string, history: readonly RecordedTransition[]): readonly Breach[] {
  const breaches: Breach[] = [];
  const must = (holds: boolean, guarantee: Guarantee, kind: BreachKind, what: string) => {
    if (!holds) breaches.push({ guarantee, kind, eventId, what });
  };
  must(isUnbroken(history), 'G4', 'illegal', 'its hash chain is broken, or its revisions have gaps');
  must(isUnique(history.map(({ id }) => id)), 'G4', 'illegal', 'has an id twice');
  let transitions: readonly Transition[];
  let state: EventState | null;
  try {
    transitions = history.map(decodeEventTransition);
    state = fold(transitions);
  } catch (error) {
    must(false, 'G4', 'illegal', String(error));
    return breaches;
  }
  must(
    state !== null && ends.includes(state.status),
    'G2',
    'stuck',
    `is ${state?.status} at attempt ${state?.attempts}`,
  );

  const runs = runsThatCount(transitions);
  must(isUnique(runs), 'G4', 'illegal', `starts an attempt twice: ${runs.join(' ')}`);
  const endings = transitions.flatMap(({ type, data }) =>
    type === 'ProcessingSucceeded' || type === 'EventDeadLettered' ? [data.generation] : [],
  );
  must(isUnique(endings), 'G5', 'double terminal', `ends a generation twice: ${endings.join(' ')}`);

  for (const [index, transition] of transitions.entries()) {
    const problem = againstThePolicy(transition, transitions, history, index);
    must(problem === null, 'G8', 'against the policy', problem ?? '');
    must(isAttributed(transition, history[index]), 'G10', 'unattributed', `${transition.type} does not say who or why`);
  }
  return breaches;
}

/** `<generation>:<attempt>` of each start but of those that were interrupted, whose attempts start again. */
function runsThatCount(transitions: readonly Transition[]): readonly string[] {
  const runs: string[] = [];
  for (const { type, data } of transitions) {
    if (type === 'ProcessingStarted') runs.push(`${data.generation}:${data.attempt}`);
    if (type === 'ProcessingInterrupted') runs.pop();
  }
  return runs;
}

const isUnique = (values: readonly unknown[]) => new Set(values).size === values.length;

/** Attempts stay within the policy, no retry starts before it is due, and no lease is ended before its time. */
function againstThePolicy(
  transition: Transition,
  transitions: readonly Transition[],
  history: readonly RecordedTransition[],
  index: number,
): string | null {
  const before = transitions[index - 1];
  switch (transition.type) {
    case 'ProcessingStarted': {
      const startedAt = history[index]?.recordedAt ?? '';
      const isDated = before?.type === 'RetryScheduled' || before?.type === 'ProcessingInterrupted';
      if (isDated && startedAt < before.data.dueAt)
        return `starts attempt ${transition.data.attempt} at ${startedAt}, before it is due at ${before.data.dueAt}`;
      return null;
    }
    case 'RetryScheduled': {
      const { attempt, policy, dueAt, delayMs } = transition.data;
      const recordedAt = history[index]?.recordedAt ?? '';
      if (Date.parse(dueAt) - Date.parse(recordedAt) !== delayMs)
        return `is due at ${dueAt}, which is not ${delayMs} ms after it was recorded at ${recordedAt}`;
      return exceeds(attempt, policy);
    }
    case 'EventDeadLettered':
      if (
        transition.data.reason === 'attempts-exhausted' &&
        transition.data.attempt < transition.data.policy.maxAttempts
      )
        return `is given up after ${transition.data.attempt} of ${transition.data.policy.maxAttempts} attempts`;
      return exceeds(transition.data.attempt, transition.data.policy);
    case 'ProcessingInterrupted': {
      if (transition.data.cause !== 'lease-expired' || before?.type !== 'ProcessingStarted') return null;
      const endedAt = history[index]?.recordedAt ?? '';
      const isEarly = endedAt < before.data.leaseExpiresAt;
      return isEarly ? `its lease is ended at ${endedAt}, before ${before.data.leaseExpiresAt}` : null;
    }
    default:
      return null;
  }
}

const exceeds = (attempt: number, { maxAttempts }: RetryPolicy) =>
  attempt > maxAttempts ? `has attempt ${attempt} of at most ${maxAttempts}` : null;

/** Operators' transitions name the person and the reason; every other one names its process or principal. */
function isAttributed(transition: Transition, recorded: RecordedTransition | undefined): boolean {
  if (recorded === undefined) return false;
  const { actor, requestId } = unseal(recorded).envelope;
  if (transition.type !== 'ReplayRequested' && transition.type !== 'EventDiscarded') return actor.kind !== undefined;
  const { reason, requestedBy } = transition.data;
  return actor.kind === 'principal' && reason !== '' && requestedBy !== '' && requestId !== undefined;
}
