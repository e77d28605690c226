import type {
  CompleteProcessing,
  DiscardEvent,
  ExpireLease,
  FailProcessing,
  InterruptProcessing,
  ReceiveEvent,
  ReplayEvent,
  StartProcessing,
} from '../../../src/domain/event/commands.ts';
import { failure, moment, policy, request } from './transitions.ts';

type But<Command> = Partial<Omit<Command, 'kind'>>;
const attempt = { generation: 0, attempt: 1 };
const run = { ...attempt, claim: { worker: 'worker-1', leaseExpiresAt: moment(30) } };

export const receiveEvent = (but: Partial<ReceiveEvent['event']> = {}): ReceiveEvent => ({
  kind: 'ReceiveEvent',
  event: { ...request, ...but },
});

export const startProcessing = (but: But<StartProcessing> = {}): StartProcessing => ({
  kind: 'StartProcessing',
  ...attempt,
  worker: 'worker-2',
  now: moment(100),
  leaseExpiresAt: moment(130),
  ...but,
});

/** That of `startProcessing()`; the outcomes are of `started()` by default. */
export const claimOfStart = { worker: 'worker-2', leaseExpiresAt: moment(130) };

export const completeProcessing = (but: But<CompleteProcessing> = {}): CompleteProcessing => ({
  kind: 'CompleteProcessing',
  ...run,
  now: moment(20),
  durationMs: 12,
  handler: 'order.placed',
  handlerVersion: '1',
  result: { shipped: true },
  ...but,
});

export const failProcessing = (but: But<FailProcessing> = {}): FailProcessing => ({
  kind: 'FailProcessing',
  ...run,
  durationMs: 12,
  handler: 'order.placed',
  failure,
  policy,
  now: moment(0),
  jitter: 0.5,
  ...but,
});

export const expireLease = (but: But<ExpireLease> = {}): ExpireLease => ({
  kind: 'ExpireLease',
  ...run,
  policy,
  now: moment(30),
  jitter: 0.5,
  workerIsGone: false,
  ...but,
});

export const interruptProcessing = (but: But<InterruptProcessing> = {}): InterruptProcessing => ({
  kind: 'InterruptProcessing',
  ...run,
  cause: 'process-ended',
  policy,
  now: moment(10),
  jitter: 0.5,
  ...but,
});

export const replayEvent = (but: But<ReplayEvent> = {}): ReplayEvent => ({
  kind: 'ReplayEvent',
  permission: 'safe',
  reason: 'the handler is fixed',
  requestedBy: 'operator-1',
  ...but,
});

export const discardEvent = (but: But<DiscardEvent> = {}): DiscardEvent => ({
  kind: 'DiscardEvent',
  reason: 'a test order',
  requestedBy: 'operator-1',
  ...but,
});
