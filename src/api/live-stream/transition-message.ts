import { decodeTransition } from '../../application/decode-transition.ts';
import { eventIdOfStream } from '../../application/event-identity.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { eventAggregate } from '../../domain/event/aggregate.ts';
import { type EventStatus, statusAfter } from '../../domain/event/status.ts';
import type { Transition, TransitionType } from '../../domain/event/transitions.ts';
import type { EventOfTransition } from './events-of-transitions.ts';

/** What a live stream says of a transition: never a payload or a result, so that it is short. Times are in RFC 3339. */
export interface TransitionMessage {
  /** In the log. Grows, and need not be dense. */
  readonly position: string;
  readonly eventId: string;
  readonly revision: number;
  /** What happened, as histories name it. */
  readonly transition: TransitionType;
  /** Of the event since. */
  readonly status: EventStatus;
  /** Of the event, as the next two. */
  readonly type: string;
  readonly source: string;
  readonly client: string;
  readonly recordedAt: string;
  /** How often the event had been replayed. */
  readonly generation: number | null;
  readonly attempt: number | null;
  /** Of a run that ended. */
  readonly durationMs: number | null;
  /** Class and message of a failure. */
  readonly error: string | null;
  /** Why it is a dead letter, was interrupted, replayed or discarded. */
  readonly reason: string | null;
  readonly dueAt: string | null;
}

/** `null` for a transition that cannot be read: the event's history shows it. */
export function messageOf(recorded: RecordedTransition, event: EventOfTransition): TransitionMessage | null {
  const transition = decoded(recorded);
  if (transition === null) return null;
  const data: Readonly<Record<string, unknown>> = transition.data;
  return {
    position: String(recorded.position),
    eventId: eventIdOfStream(recorded.stream),
    revision: Number(recorded.revision),
    transition: transition.type,
    status: statusAfter(transition.type),
    ...{ type: event.type, source: event.source, client: event.clientId, recordedAt: recorded.recordedAt },
    generation: numberIn(data['generation']),
    attempt: numberIn(data['attempt']),
    durationMs: numberIn(data['durationMs']),
    error: transition.type === 'ProcessingFailed' ? errorOf(transition.data.failure) : null,
    reason: textIn(data['reason']) ?? textIn(data['cause']),
    dueAt: textIn(data['dueAt']),
  };
}

function decoded(recorded: RecordedTransition): Transition | null {
  try {
    return decodeTransition(eventAggregate, recorded);
  } catch (error) {
    if (error instanceof UndecodableTransition) return null;
    throw error;
  }
}

const errorOf = ({ class: name, message }: { readonly class: string; readonly message: string }) =>
  message === '' ? name : `${name}: ${message}`;
const numberIn = (value: unknown) => (typeof value === 'number' ? value : null);
const textIn = (value: unknown) => (typeof value === 'string' ? value : null);
