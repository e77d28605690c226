import type { Failure, RetryPolicy, TransitionData } from './transitions.ts';

/** Times are RFC 3339 in UTC with milliseconds: the domain reads no clock and draws no chance, its caller does. */
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

export interface CompleteProcessing {
  readonly kind: 'CompleteProcessing';
  readonly generation: number;
  readonly attempt: number;
  readonly durationMs: number;
  readonly handler: string;
  readonly handlerVersion: string;
  readonly result: TransitionData<'ProcessingSucceeded'>['result'];
}

export interface FailProcessing {
  readonly kind: 'FailProcessing';
  readonly generation: number;
  readonly attempt: number;
  readonly durationMs: number;
  /** `null` when no handler is configured for the event's type. */
  readonly handler: string | null;
  readonly failure: Failure;
  readonly policy: RetryPolicy;
  readonly now: string;
  /** Uniform in [0, 1): spreads the retries of events that failed together. */
  readonly jitter: number;
}

export interface ExpireLease {
  readonly kind: 'ExpireLease';
  /** The attempt that is to be given up: a later one, claimed meanwhile by a living worker, stays alone. */
  readonly generation: number;
  readonly attempt: number;
  readonly policy: RetryPolicy;
  readonly now: string;
  readonly jitter: number;
  /** The worker that holds the lease is known to be dead, so its end need not be waited for. */
  readonly workerIsGone: boolean;
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
  readonly reason: string;
  readonly requestedBy: string;
}

export type EventCommand =
  | ReceiveEvent
  | StartProcessing
  | CompleteProcessing
  | FailProcessing
  | ExpireLease
  | ReplayEvent
  | DiscardEvent;
