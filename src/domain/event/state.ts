import { interruptionOf } from './interruption.ts';
import { type EventStatus, mayFollow, statusAfter } from './status.ts';
import { type Suspicion, suspicionOf } from './suspicion.ts';
import type { Failure, Transition, TransitionData } from './transitions.ts';

/** Who runs an attempt and until when that is believed. No two runs of one attempt have the same claim. */
export interface Claim {
  readonly worker: string;
  readonly leaseExpiresAt: string;
}

/** What the history of one event adds up to. Plain JSON, so that it can travel with a command. */
export interface EventState {
  readonly status: EventStatus;
  readonly received: TransitionData<'EventReceived'>;
  /** 0 at first, one more with each replay. */
  readonly generation: number;
  /** Attempts started in this generation, less the one that was interrupted last, which may start again. */
  readonly attempts: number;
  /** Of the attempt that runs; `null` unless PROCESSING. */
  readonly claim: Claim | null;
  /** When the next attempt may start; `null` unless FAILED. */
  readonly nextAttemptAt: string | null;
  /** The last failure, or interruption, of this generation. */
  readonly failure: Failure | null;
  /** The ends of processes that this event may have caused in this generation, the latest ones, oldest first. */
  readonly suspicions: readonly Suspicion[];
}

/** More are never asked for, and a state travels with each command. */
const MAX_SUSPICIONS = 16;

export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
}

/** Whether the next attempt is all that the event waits for. */
export const mayStart = (state: EventState) => mayFollow('ProcessingStarted', state.status) && !isUndecided(state);

/** What follows from a failure is recorded with it, so the state between the two is left once and in one way only. */
const isUndecided = (state: EventState) => state.status === 'FAILED' && state.nextAttemptAt === null;

/**
 * The state after one more transition; `null` is the state before the first.
 * @throws {IllegalTransition} when the transition cannot follow. Only a damaged or foreign history does that, because
 *   {@link decide} never makes such a step.
 */
export function evolve(state: EventState | null, transition: Transition): EventState {
  const status = statusAfter(transition.type);
  if (state === null) {
    if (transition.type !== 'EventReceived') throw illegal(transition, 'nothing');
    return {
      status,
      received: transition.data,
      generation: 0,
      attempts: 0,
      claim: null,
      nextAttemptAt: null,
      failure: null,
      suspicions: [],
    };
  }
  if (transition.type === 'EventReceived' || !mayFollow(transition.type, state.status))
    throw illegal(transition, state.status);
  const must = (legal: boolean) => {
    if (!legal) throw illegal(transition, state.status);
  };
  // Each transition names the generation and attempt it belongs to; one of another run cannot follow here.
  const belongs = (generation: number, attempt = state.attempts) => {
    if (generation !== state.generation || attempt !== state.attempts)
      throw illegal(transition, `attempt ${state.generation}:${state.attempts}`);
  };
  switch (transition.type) {
    case 'ProcessingStarted':
      must(mayStart(state));
      belongs(transition.data.generation, transition.data.attempt - 1);
      return {
        ...state,
        status,
        attempts: transition.data.attempt,
        claim: { worker: transition.data.worker, leaseExpiresAt: transition.data.leaseExpiresAt },
        nextAttemptAt: null,
      };
    case 'ProcessingSucceeded':
      belongs(transition.data.generation, transition.data.attempt);
      return { ...state, status, claim: null, failure: null };
    case 'ProcessingFailed':
      belongs(transition.data.generation, transition.data.attempt);
      return { ...state, status, claim: null, failure: transition.data.failure };
    case 'ProcessingInterrupted': {
      const { generation, attempt, cause, dueAt: nextAttemptAt } = transition.data;
      belongs(generation, attempt);
      const suspicions = [...state.suspicions, ...suspicionOf(transition.data)].slice(-MAX_SUSPICIONS);
      const failure = interruptionOf(cause);
      return { ...state, status, attempts: attempt - 1, claim: null, nextAttemptAt, failure, suspicions };
    }
    case 'RetryScheduled':
      must(isUndecided(state));
      belongs(transition.data.generation, transition.data.attempt - 1);
      return { ...state, status, nextAttemptAt: transition.data.dueAt };
    case 'EventDeadLettered':
      must(isUndecided(state));
      belongs(transition.data.generation, transition.data.attempt);
      return { ...state, status };
    case 'ReplayRequested':
      belongs(transition.data.generation - 1);
      return {
        ...state,
        status,
        generation: transition.data.generation,
        attempts: 0,
        failure: null,
        suspicions: [],
      };
    case 'EventDiscarded':
      belongs(transition.data.generation);
      return { ...state, status };
  }
}

/** The state that a history, or a part of one from a state on, adds up to. @public */
export const fold = (transitions: Iterable<Transition>, from: EventState | null = null): EventState | null => {
  let state = from;
  for (const transition of transitions) state = evolve(state, transition);
  return state;
};

const illegal = (transition: Transition, before: string) =>
  new IllegalTransition(`${transition.type} cannot follow ${before}`);
