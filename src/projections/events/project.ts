import type { Insertable } from 'kysely';
import { traceparentOf } from '../../application/envelope.ts';
import { eventIdOfStream } from '../../application/event-identity.ts';
import type { StoredTransition } from '../../application/sealed-transition.ts';
import { interruptionOf } from '../../domain/event/interruption.ts';
import { statusAfter } from '../../domain/event/status.ts';
import type { Failure, Transition, TransitionData } from '../../domain/event/transitions.ts';
import { storable } from '../storable.ts';
import type { EventsTable } from './table.ts';

/** A whole row, but for the value that the database makes of the payload's text. */
export type EventRow = Readonly<Required<Omit<Insertable<EventsTable>, 'payload'>>>;
/** What every transition settles. */
type Settled = Pick<EventRow, 'processed_at' | 'next_attempt_at'>;
/** What some transitions leave as it was: then it is absent. */
type Told = Partial<Pick<EventRow, 'generation' | 'attempts' | 'error_reason' | 'failure_fingerprint'>>;
type Identity = Pick<EventRow, 'id' | 'revision' | 'updated_at' | 'status'>;
type Columns = Settled & (Told | Omit<EventRow, keyof Identity>);
/** What an event's transitions add up to, in absolute values. */
export type EventChanges = Identity & Columns;

interface StoredAndDecoded {
  readonly recorded: StoredTransition;
  readonly transition: Transition;
}

/** Whether the changes begin with the event's receipt, so that they are the row. */
export const isWholeRow = (changes: EventChanges): changes is EventRow => 'payload_text' in changes;

/**
 * What each event's transitions add up to, in the order in which the events appear. A transition that is handed over
 * again counts once.
 */
export function foldByEvent(decoded: Iterable<StoredAndDecoded>): readonly EventChanges[] {
  const changesById = new Map<string, EventChanges>();
  for (const { recorded, transition } of decoded) {
    const id = eventIdOfStream(recorded.stream);
    const before = changesById.get(id);
    if (before !== undefined && BigInt(before.revision) >= recorded.revision) continue;
    const revision = recorded.revision.toString();
    changesById.set(id, {
      ...before,
      id,
      revision,
      updated_at: recorded.recordedAt,
      status: statusAfter(transition.type),
      ...columnsOf(transition, recorded),
    });
  }
  return [...changesById.values()];
}

function columnsOf(transition: Transition, recorded: StoredTransition): Columns {
  const { recordedAt } = recorded;
  switch (transition.type) {
    case 'EventReceived':
      return { ...columnsOfNew(transition.data, recordedAt), trace_id: traceIdOf(recorded) };
    case 'ProcessingStarted': {
      const { generation, attempt } = transition.data;
      return { ...unscheduled, generation, attempts: attempt };
    }
    case 'ProcessingSucceeded':
      return { ...unscheduled, processed_at: recordedAt, ...failed(null) };
    case 'ProcessingFailed':
      return { ...unscheduled, ...failed(transition.data.failure) };
    case 'ProcessingInterrupted': {
      const { attempt, cause, dueAt } = transition.data;
      const waiting = { ...unscheduled, next_attempt_at: dueAt };
      return { ...waiting, attempts: attempt - 1, ...failed(interruptionOf(cause)) };
    }
    case 'RetryScheduled': {
      const { dueAt } = transition.data;
      return { ...unscheduled, next_attempt_at: dueAt };
    }
    case 'EventDeadLettered':
      return unscheduled;
    case 'ReplayRequested':
      return beginning(transition.data.generation);
    case 'EventDiscarded':
      return unscheduled;
  }
}

/** What the receipt of an event settles, but for its trace. */
export function columnsOfNew(received: TransitionData<'EventReceived'>, recordedAt: string) {
  const { type, source, payload, idempotencyKey, clientId, orderingKey } = received;
  return {
    type,
    source,
    payload_text: payload,
    idempotency_key: idempotencyKey,
    client_id: storable(clientId),
    ordering_key: orderingKey,
    created_at: recordedAt,
    ...beginning(0),
  };
}

/** The times as they are in most statuses. */
const unscheduled = { processed_at: null, next_attempt_at: null };

/** The beginning of each generation. */
const beginning = (generation: number) => ({
  ...unscheduled,
  generation,
  attempts: 0,
  ...failed(null),
});

const failed = (failure: Pick<Failure, 'class' | 'message' | 'fingerprint'> | null) => ({
  error_reason: failure && storable(`${failure.class}: ${failure.message}`),
  failure_fingerprint: failure && failure.fingerprint,
});

/** The middle of W3C trace context: `00-<trace id>-<parent id>-<flags>`. */
const traceIdOf = (recorded: StoredTransition): string | null => traceparentOf(recorded)?.split('-')[1] ?? null;
