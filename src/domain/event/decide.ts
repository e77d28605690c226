import type { Decision as DecisionOf } from '../aggregate.ts';
import type {
  CompleteProcessing,
  EventCommand,
  ExpireLease,
  FailProcessing,
  InterruptProcessing,
  Run,
  StartProcessing,
} from './commands.ts';
import type { Rejection } from './rejections.ts';
import { type EventState, mayStart } from './state.ts';
import { mayFollow } from './status.ts';
import { companyOf, crashesWithin, poisonLimits, suspicionOf } from './suspicion.ts';
import type {
  DeadLetterReason,
  Failure,
  InterruptionCause,
  RetryPolicy,
  Transition,
  TransitionData,
} from './transitions.ts';

type Decision = DecisionOf<Transition, Rejection>;

/** What follows from a command in a state. Pure and total: every refusal is a value. */
export function decide(state: EventState | null, command: EventCommand): Decision {
  if (command.kind === 'ReceiveEvent') {
    if (state === null) return accept({ type: 'EventReceived', data: command.event });
    return state.received.requestFingerprint === command.event.requestFingerprint
      ? accept()
      : reject({ code: 'idempotency-key-reused' });
  }
  if (state === null) return reject({ code: 'event-not-found' });
  switch (command.kind) {
    case 'StartProcessing':
      return start(state, command);
    case 'CompleteProcessing':
      return complete(state, command);
    case 'FailProcessing':
      return fail(state, command);
    case 'ExpireLease':
      return expireLease(state, command);
    case 'InterruptProcessing':
      return isRunning(state, command) ? interrupted(state, command.cause, command) : stale(state);
    case 'ReplayEvent': {
      if (command.permission === 'never') return reject({ code: 'replay-not-allowed', type: state.received.type });
      if (state.status === 'DISCARDED') return reject({ code: 'event-discarded' });
      if (!mayFollow('ReplayRequested', state.status))
        return reject({ code: 'event-still-processing', status: state.status });
      const { reason, requestedBy } = command;
      return accept({ type: 'ReplayRequested', data: { generation: state.generation + 1, reason, requestedBy } });
    }
    case 'DiscardEvent': {
      if (state.status === 'DISCARDED') return reject({ code: 'event-discarded' });
      if (!mayFollow('EventDiscarded', state.status)) return reject({ code: 'event-not-dead', status: state.status });
      const { reason, requestedBy, correctedBy } = command;
      const instead = correctedBy === undefined ? {} : { correctedBy };
      const data = { ...instead, generation: state.generation, reason, requestedBy };
      return accept({ type: 'EventDiscarded', data });
    }
  }
}

function start(state: EventState, command: StartProcessing): Decision {
  const { generation, attempt, worker, now, leaseExpiresAt } = command;
  const isNext = generation === state.generation && attempt === state.attempts + 1;
  if (!isNext || !mayStart(state)) return stale(state);
  if (state.nextAttemptAt !== null && now < state.nextAttemptAt)
    return reject({ code: 'retry-not-due', dueAt: state.nextAttemptAt });
  return accept({ type: 'ProcessingStarted', data: { generation, attempt, worker, leaseExpiresAt } });
}

function complete(state: EventState, command: CompleteProcessing): Decision {
  if (!isRunning(state, command)) return stale(state);
  const { kind: _, claim: __, now: ___, ...data } = command;
  return accept({ type: 'ProcessingSucceeded', data });
}

function fail(state: EventState, command: FailProcessing): Decision {
  if (!isRunning(state, command)) return stale(state);
  const { handler, handlerVersion, failure, durationMs } = command;
  const reason =
    handler === null ? 'no-handler' : failure.retryable ? ('attempts-exhausted' as const) : ('not-retryable' as const);
  const ran = handlerVersion === undefined ? { handler } : { handler, handlerVersion };
  return failed(state, { ...ran, failure, durationMs }, reason, command);
}

function expireLease(state: EventState, command: ExpireLease): Decision {
  if (state.claim === null || !isRunning(state, command)) return stale(state);
  const { worker, leaseExpiresAt } = state.claim;
  if (!command.workerIsGone && command.now < leaseExpiresAt)
    return reject({ code: 'lease-not-expired', leaseExpiresAt });
  const cause = command.workerIsGone ? 'worker-gone' : 'lease-expired';
  const { maxCrashes, windowMs } = command.poison ?? poisonLimits;
  const suspicions = [...state.suspicions, ...suspicionOf(endOf(state, cause, command))];
  const crashes = crashesWithin(suspicions, command.now, windowMs);
  if (crashes < maxCrashes) return interrupted(state, cause, command);
  const failure: Failure = {
    class: 'Poison',
    message: `${worker} recorded no outcome ${command.workerIsGone ? 'before it ended' : 'before its lease ended'}: ${crashes} workers ended while they ran this event alone`,
    stack: null,
    fingerprint: 'poison',
    retryable: false,
    retryAfterMs: null,
  };
  return failed(state, { handler: null, failure, durationMs: 0 }, 'poison', command);
}

/**
 * The attempt starts again under its number: at once after the first interruption, because most are not the event's
 * doing, and then as late as its retries would.
 */
function interrupted(
  state: EventState,
  cause: InterruptionCause,
  command: Pick<InterruptProcessing, 'policy' | 'now' | 'jitter'>,
): Decision {
  const { policy, now, jitter } = command;
  const before = cause === 'stopping' ? 0 : state.suspicions.length;
  const delayMs = before === 0 ? 0 : retryDelayMs(policy, before, jitter, null);
  const { generation, attempts: attempt } = state;
  const data = { generation, attempt, ...endOf(state, cause, command), dueAt: later(now, delayMs) };
  return accept({ type: 'ProcessingInterrupted', data });
}

/** An event that has a process of handlers for itself is distinguished by its worker, so that its end is a failure. */
const endOf = (state: EventState, cause: InterruptionCause, { now }: { readonly now: string }) => ({
  cause,
  interruptedAt: now,
  wasAlone: companyOf(state) === 'alone',
});

/** A failure and what follows from it are recorded together, so that no event rests between the two. */
function failed(
  state: EventState,
  outcome: Omit<TransitionData<'ProcessingFailed'>, 'attempt' | 'generation'>,
  deadLetterReason: DeadLetterReason,
  { policy, now, jitter }: { readonly policy: RetryPolicy; readonly now: string; readonly jitter: number },
): Decision {
  const run = { generation: state.generation, attempt: state.attempts };
  const failedRun: Transition = { type: 'ProcessingFailed', data: { ...run, ...outcome } };
  const mayRetry =
    outcome.failure.retryable && deadLetterReason !== 'no-handler' && state.attempts < policy.maxAttempts;
  if (!mayRetry)
    return accept(failedRun, { type: 'EventDeadLettered', data: { ...run, reason: deadLetterReason, policy } });
  const delayMs = retryDelayMs(policy, state.attempts, jitter, outcome.failure.retryAfterMs);
  const dueAt = later(now, delayMs);
  return accept(failedRun, {
    type: 'RetryScheduled',
    data: { generation: state.generation, attempt: state.attempts + 1, dueAt, delayMs, policy },
  });
}

const later = (moment: string, delayMs: number) => new Date(Date.parse(moment) + delayMs).toISOString();

/** Of a delay, by chance. */
const share = {
  full: (chance: number) => chance,
  equal: (chance: number) => (1 + chance) / 2,
  none: () => 1,
} as const;

/** Capped exponential backoff with jitter; never sooner than asked for, as far as the cap allows. */
function retryDelayMs(policy: RetryPolicy, attempts: number, jitter: number, retryAfterMs: number | null): number {
  // Bounded first, because a power beyond all bounds times an initial delay of 0 would be no number.
  const growth = Math.min(policy.factor ** (attempts - 1), Number.MAX_SAFE_INTEGER);
  const ceilingMs = Math.min(policy.maxDelayMs, policy.initialDelayMs * growth);
  return Math.round(
    Math.max(share[policy.jitter ?? 'full'](jitter) * ceilingMs, Math.min(retryAfterMs ?? 0, policy.maxDelayMs)),
  );
}

const isRunning = (state: EventState, { generation, attempt, claim }: Run) =>
  generation === state.generation &&
  attempt === state.attempts &&
  claim.worker === state.claim?.worker &&
  claim.leaseExpiresAt === state.claim.leaseExpiresAt;

const accept = (...transitions: readonly Transition[]): Decision => ({ ok: true, transitions });
const reject = (rejection: Rejection): Decision => ({ ok: false, rejection });
const stale = (state: EventState) => reject({ code: 'stale-attempt', status: state.status });
