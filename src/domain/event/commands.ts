import type { Claim } from './state.ts';
import type { PoisonLimits } from './suspicion.ts';
import type { Failure, InterruptionCause, RetryPolicy, TransitionData } from './transitions.ts';

/**
 * Times are RFC 3339 in UTC with milliseconds: the domain reads no clock and draws no random numbers, its caller does. What follows
 * from a command that says when it is given, `now`, is recorded as of then, so that what is due is counted from
 * `recordedAt`.
 */
export interface ReceiveEvent {
  readonly kind: 'ReceiveEvent';
  readonly event: TransitionData<'EventReceived'>;
}

export interface StartProcessing {
  readonly kind: 'StartProcessing';
  readonly generation: number;
  readonly attempt: number;
  readonly worker: string;
  readonly now: string;
  readonly leaseExpiresAt: string;
}

/**
 * One run of an attempt. An attempt that was interrupted starts again under its number, so that the number alone does
 * not distinguish one run from the next: its claim does.
 */
export interface Run {
  readonly generation: number;
  readonly attempt: number;
  readonly claim: Claim;
}

export interface CompleteProcessing extends Run {
  readonly kind: 'CompleteProcessing';
  readonly now: string;
  readonly durationMs: number;
  readonly handler: string;
  readonly handlerVersion: string;
  readonly result: TransitionData<'ProcessingSucceeded'>['result'];
}

export interface FailProcessing extends Run {
  readonly kind: 'FailProcessing';
  readonly durationMs: number;
  /** `null` when no handler is configured for the event's type. */
  readonly handler: string | null;
  /** Absent without a handler. */
  readonly handlerVersion?: string;
  readonly failure: Failure;
  readonly policy: RetryPolicy;
  readonly now: string;
  /** Uniform in [0, 1): spreads the retries of events that failed together. */
  readonly jitter: number;
}

/** Names the run that is to be given up: a later one, claimed meanwhile by a living worker, is left alone. */
export interface ExpireLease extends Run {
  readonly kind: 'ExpireLease';
  readonly policy: RetryPolicy;
  readonly now: string;
  readonly jitter: number;
  /** The worker that holds the lease is known to be dead, so its end need not be waited for. */
  readonly workerIsGone: boolean;
  /** When the event is given up as poison; the domain's own limits by default. */
  readonly poison?: PoisonLimits;
}

/** The worker that runs the attempt says that it was ended by something else than its handler. */
export interface InterruptProcessing extends Run {
  readonly kind: 'InterruptProcessing';
  readonly cause: Extract<InterruptionCause, 'process-ended' | 'stopping'>;
  readonly policy: RetryPolicy;
  readonly now: string;
  readonly jitter: number;
}

/** What the handler of an event's type allows: any replay, one at a time by hand, or none. */
export type ReplayPermission = 'safe' | 'manual' | 'never';

export interface ReplayEvent {
  readonly kind: 'ReplayEvent';
  readonly permission: ReplayPermission;
  readonly reason: string;
  readonly requestedBy: string;
}

export interface DiscardEvent {
  readonly kind: 'DiscardEvent';
  /** The event that was made in its place. */
  readonly correctedBy?: string;
  readonly reason: string;
  readonly requestedBy: string;
}

export type EventCommand =
  | ReceiveEvent
  | StartProcessing
  | CompleteProcessing
  | FailProcessing
  | ExpireLease
  | InterruptProcessing
  | ReplayEvent
  | DiscardEvent;
