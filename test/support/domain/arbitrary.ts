import fc from 'fast-check';
import type { EventCommand } from '../../../src/domain/event/commands.ts';
import { decide } from '../../../src/domain/event/decide.ts';
import { type EventState, evolve } from '../../../src/domain/event/state.ts';
import type { EventStatus } from '../../../src/domain/event/status.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import {
  completeProcessing,
  discardEvent,
  expireLease,
  failProcessing,
  interruptProcessing,
  receiveEvent,
  replayEvent,
  startProcessing,
} from './commands.ts';
import { failure, moment } from './transitions.ts';

/** A command that knows the event as it is, or is a little behind, or ahead. */
export type Order = (state: EventState | null) => EventCommand;
type Kind = EventCommand['kind'];

const kinds = [
  'ReceiveEvent',
  'StartProcessing',
  'CompleteProcessing',
  'FailProcessing',
  'ExpireLease',
  'InterruptProcessing',
  'ReplayEvent',
  'DiscardEvent',
] as const satisfies readonly Kind[];

/** What a running system does next; drawn most of the time, so that long histories come about. */
const usual: Record<EventStatus, readonly [Kind, ...Kind[]]> = {
  RECEIVED: ['StartProcessing'],
  PROCESSING: ['FailProcessing', 'FailProcessing', 'CompleteProcessing', 'ExpireLease', 'InterruptProcessing'],
  FAILED: ['StartProcessing'],
  PROCESSED: ['ReplayEvent'],
  DEAD: ['ReplayEvent'],
  DISCARDED: ['ReplayEvent'],
};

const rarely = <Value>(usually: Value, ...else_: Value[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usually) }, { weight: 1, arbitrary: fc.constantFrom(...else_) });

export const order: fc.Arbitrary<Order> = fc
  .record({
    kind: rarely<Kind | null>(null, ...kinds),
    choice: fc.nat(),
    generationOff: rarely(0, -1, 1),
    attemptOff: rarely(0, -1, 1),
    startsAt: rarely(moment(1_000), moment(0)),
    endsAt: rarely(moment(30), moment(0)),
    jitter: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    isKnownRequest: fc.boolean(),
    retryable: rarely(true, false),
    retryAfterMs: fc.option(fc.nat()),
    handler: rarely<string | null>('order.placed', null),
    workerIsGone: fc.boolean(),
    isItsClaim: rarely(true, false),
    cause: fc.constantFrom('process-ended' as const, 'stopping' as const),
  })
  .map(({ kind, choice, generationOff, attemptOff, isKnownRequest, retryable, retryAfterMs, ...drawn }) => (state) => {
    const likely = usual[state?.status ?? 'RECEIVED'];
    const run = { generation: (state?.generation ?? 0) + generationOff, attempt: (state?.attempts ?? 0) + attemptOff };
    const { startsAt, endsAt: now, jitter, handler, workerIsGone, isItsClaim, cause } = drawn;
    const other = { worker: 'worker-3', leaseExpiresAt: moment(30) };
    const claimed = { ...run, claim: (isItsClaim ? state?.claim : null) ?? other };
    switch (kind ?? likely[choice % likely.length]) {
      case 'StartProcessing':
        return startProcessing({ ...run, attempt: run.attempt + 1, now: startsAt });
      case 'CompleteProcessing':
        return completeProcessing(claimed);
      case 'FailProcessing':
        return failProcessing({ ...claimed, now, jitter, handler, failure: { ...failure, retryable, retryAfterMs } });
      case 'ExpireLease':
        return expireLease({ ...claimed, now, jitter, workerIsGone });
      case 'InterruptProcessing':
        return interruptProcessing({ ...claimed, now, jitter, cause });
      case 'ReplayEvent':
        return replayEvent();
      case 'DiscardEvent':
        return discardEvent();
      default:
        return receiveEvent(isKnownRequest ? {} : { requestFingerprint: 'other' });
    }
  });

export const orders = fc.array(order, { maxLength: 60, size: 'max' });

/** The history that a series of commands leads to, beginning with the event's receipt. */
export function carryOut(series: readonly Order[]): {
  readonly history: readonly Transition[];
  readonly state: EventState | null;
} {
  const history: Transition[] = [];
  let state: EventState | null = null;
  for (const make of [() => receiveEvent(), ...series]) {
    const decision = decide(state, make(state));
    for (const transition of decision.ok ? decision.transitions : []) {
      state = evolve(state, transition);
      history.push(transition);
    }
  }
  return { history, state };
}
