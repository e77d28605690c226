import { fold } from '../../../src/domain/event/state.ts';
import type { Failure, RetryPolicy, Transition, TransitionData } from '../../../src/domain/event/transitions.ts';

export const moment = (secondsAfterNoon: number) =>
  new Date(Date.UTC(2026, 0, 1, 12) + secondsAfterNoon * 1_000).toISOString();

export const policy: RetryPolicy = { maxAttempts: 3, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 };

export const failure: Failure = {
  class: 'TypeError',
  message: 'order has no lines',
  stack: null,
  fingerprint: 'order-has-no-lines',
  retryable: true,
  retryAfterMs: null,
};

export const request: TransitionData<'EventReceived'> = {
  type: 'order.placed',
  source: 'shop',
  payload: '{"orderId":"1"}',
  contentType: 'application/json',
  idempotencyKey: 'order-1',
  requestFingerprint: 'f'.repeat(64),
  clientId: 'shop-backend',
  orderingKey: null,
  cloudEvent: null,
};

const worker = 'worker-1';
const requestedBy = 'operator-1';
type Run = { readonly generation?: number; readonly attempt?: number };

export const received = (): Transition => ({ type: 'EventReceived', data: request });

export const started = ({ generation = 0, attempt = 1 }: Run = {}): Transition => ({
  type: 'ProcessingStarted',
  data: { generation, attempt, worker, leaseExpiresAt: moment(30) },
});

export const succeeded = ({ generation = 0, attempt = 1 }: Run = {}): Transition => ({
  type: 'ProcessingSucceeded',
  data: {
    generation,
    attempt,
    durationMs: 12,
    handler: 'order.placed',
    handlerVersion: '1',
    result: { shipped: true },
  },
});

export const failed = ({ generation = 0, attempt = 1 }: Run = {}, why: Failure = failure): Transition => ({
  type: 'ProcessingFailed',
  data: { generation, attempt, durationMs: 12, handler: 'order.placed', failure: why },
});

export const interrupted = (
  { generation = 0, attempt = 1 }: Run = {},
  but: Partial<TransitionData<'ProcessingInterrupted'>> = {},
): Transition => ({
  type: 'ProcessingInterrupted',
  data: {
    ...{ generation, attempt, cause: 'process-ended', interruptedAt: moment(10), dueAt: moment(10), wasAlone: false },
    ...but,
  },
});

/** `attempt` is the one that is due. */
export const retryScheduled = ({ generation = 0, attempt = 2 }: Run = {}): Transition => ({
  type: 'RetryScheduled',
  data: { generation, attempt, dueAt: moment(60), delayMs: 1_000, policy },
});

export const deadLettered = ({ generation = 0, attempt = 1 }: Run = {}): Transition => ({
  type: 'EventDeadLettered',
  data: { generation, attempt, reason: 'not-retryable', policy },
});

export const replayRequested = (generation = 1): Transition => ({
  type: 'ReplayRequested',
  data: { generation, reason: 'the handler is fixed', requestedBy },
});

export const discarded = (generation = 0): Transition => ({
  type: 'EventDiscarded',
  data: { generation, reason: 'a test order', requestedBy },
});

/** One history for each state that an event can rest in. */
export const histories = {
  'not received': [],
  received: [received()],
  processing: [received(), started()],
  processed: [received(), started(), succeeded()],
  'waiting for a retry': [received(), started(), failed(), retryScheduled()],
  interrupted: [received(), started(), interrupted()],
  dead: [received(), started(), failed(), deadLettered()],
  replayed: [received(), started(), succeeded(), replayRequested()],
  discarded: [received(), started(), failed(), deadLettered(), discarded()],
} as const satisfies Record<string, readonly Transition[]>;

export type StateName = keyof typeof histories;

/** Every transition, with the generation and attempt that would fit, so that its kind alone decides. */
export function everyTransition(history: readonly Transition[]): Transition[] {
  const { generation, attempts } = fold(history) ?? { generation: 0, attempts: 0 };
  const present = { generation, attempt: attempts };
  const next = { generation, attempt: attempts + 1 };
  return [
    received(),
    started(next),
    succeeded(present),
    failed(present),
    interrupted(present),
    retryScheduled(next),
    deadLettered(present),
    replayRequested(generation + 1),
    discarded(generation),
  ];
}
