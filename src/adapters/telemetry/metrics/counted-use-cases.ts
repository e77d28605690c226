import { decodeEventTransition, type KnownEvent } from '../../../application/event-history.ts';
import type { StoredTransition } from '../../../application/sealed-transition.ts';
import type { UseCases } from '../../../application/use-cases.ts';
import type { EventState } from '../../../domain/event/state.ts';
import { secondsBetween } from './durations.ts';
import type { EventMetrics, EventStep } from './events.ts';

type Result = Awaited<ReturnType<UseCases['failProcessing']>>;
type ActAnswer = Awaited<ReturnType<UseCases['replayEvent']>>;

/**
 * The use cases as they are, with what they led to counted: only what this call has appended, so that of several processes
 * exactly one counts a step. Here and not at the log's append, because a transition does not say of which type its event is.
 */
export function countedUseCases(useCases: UseCases, metrics: EventMetrics): UseCases {
  const changed = (result: Result, look: (state: EventState) => void): Result => {
    if (result.ok && result.changed && result.current.state !== null) look(result.current.state);
    return result;
  };
  const ended = (result: Result, outcome: 'processed' | 'dead', at: string) => {
    const { state, createdAt } = result.current;
    // What was replayed was received long before its last wait began.
    if (state?.generation !== 0 || createdAt === null) return;
    metrics.ended(state.received.type, outcome, secondsBetween(createdAt, at));
  };
  const failed = (result: Result, { received: { type }, status, failure }: EventState, at: string) => {
    metrics.stepped(type, 'failed');
    metrics.attemptFailed(type, failure?.class ?? '');
    metrics.stepped(type, status === 'DEAD' ? 'dead' : 'retried');
    if (status === 'DEAD') ended(result, 'dead', at);
  };
  const acted = (answer: ActAnswer, step: EventStep): ActAnswer => {
    if (answer.ok && !answer.isRepeat) metrics.stepped(typeOf(answer.history), step);
    return answer;
  };
  return {
    ...useCases,
    receiveEvent: async (...given) =>
      changed(await useCases.receiveEvent(...given), ({ received }) => metrics.stepped(received.type, 'received')),

    startProcessing: async (id, start, context, known) =>
      changed(await useCases.startProcessing(id, start, context, known), ({ received }) => {
        const dueAt = known && dueAtOf(known);
        if (typeof dueAt === 'string') metrics.attemptWaited(received.type, secondsBetween(dueAt, start.now));
      }),

    completeProcessing: async (id, done, context, known) => {
      const result = await useCases.completeProcessing(id, done, context, known);
      return changed(result, ({ received: { type } }) => {
        metrics.stepped(type, 'processed');
        metrics.attemptEnded(type, 'succeeded', done.durationMs / 1_000);
        ended(result, 'processed', done.now);
      });
    },

    failProcessing: async (id, failure, context, known) => {
      const result = await useCases.failProcessing(id, failure, context, known);
      return changed(result, (state) => {
        metrics.attemptEnded(state.received.type, 'failed', failure.durationMs / 1_000);
        failed(result, state, failure.now);
      });
    },

    expireLease: async (id, expired, context, known) => {
      const result = await useCases.expireLease(id, expired, context, known);
      return changed(result, (state) => {
        if (state.status !== 'DEAD') return metrics.stepped(state.received.type, 'interrupted');
        metrics.poisoned();
        failed(result, state, expired.now);
      });
    },

    interruptProcessing: async (...given) =>
      changed(await useCases.interruptProcessing(...given), ({ received }) =>
        metrics.stepped(received.type, 'interrupted'),
      ),

    replayEvent: async (asked) => acted(await useCases.replayEvent(asked), 'replayed'),
    discardEvent: async (asked) => acted(await useCases.discardEvent(asked), 'discarded'),
  };
}

/** When the next attempt of an event could start; `null` where its state does not say, which is so after a replay. */
function dueAtOf({ state, createdAt }: KnownEvent): string | null {
  if (state === null) return null;
  return state.nextAttemptAt ?? (state.generation === 0 ? createdAt : null);
}

function typeOf([receipt]: readonly StoredTransition[]): string {
  const transition = receipt && decodeEventTransition(receipt);
  return transition?.type === 'EventReceived' ? transition.data.type : '';
}
