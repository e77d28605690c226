import { isAsWritten } from '../../application/envelope.ts';
import { decodeEventTransition } from '../../application/event-history.ts';
import { eventIdOfStream } from '../../application/event-identity.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import type { Transition, TransitionType } from '../../domain/event/transitions.ts';
import { storable } from '../storable.ts';
import type { Counted } from './table.ts';

/** What is counted of a transition. */
export interface Fact {
  readonly eventId: string;
  readonly counted: Counted;
  /** Milliseconds since 1970, as the clock of the process that appended it had it. */
  readonly at: number;
  /** Of the event; `null` where this transition does not say it. */
  readonly type: string | null;
  /** How long the handler ran; `null` where none did. */
  readonly attemptMs: number | null;
  readonly failure: { readonly class: string; readonly fingerprint: string } | null;
}

/** Under which name each transition is counted. */
const countedAs: Readonly<Record<TransitionType, Counted>> = {
  EventReceived: 'received',
  ProcessingStarted: 'started',
  ProcessingSucceeded: 'processed',
  ProcessingFailed: 'failed',
  ProcessingInterrupted: 'interrupted',
  RetryScheduled: 'retried',
  EventDeadLettered: 'dead',
  ReplayRequested: 'replayed',
  EventDiscarded: 'discarded',
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** PostgreSQL's `timestamptz` takes them all, and so does RFC 3339. */
const latest = Date.parse('9999-12-31T23:59:59.999Z');
/** Longer than any name that the API takes, and than any that a failure is given: what a part of an index has room for. */
const LONGEST_NAME = 200;

/**
 * `null` of what is not counted: what is not as it was written, what cannot be read, and what no row could say. It depends
 * on nothing but the transition, so that a rebuild counts the same.
 */
export function factOf(recorded: RecordedTransition): Fact | null {
  const eventId = eventIdOfStream(recorded.stream);
  const at = Date.parse(recorded.recordedAt);
  if (!(uuid.test(eventId) && at >= 0 && at <= latest && isAsWritten(recorded))) return null;
  const transition = decoded(recorded);
  if (transition === null) return null;
  const counted = countedAs[transition.type];
  const nothing = { type: null, attemptMs: null, failure: null };
  switch (transition.type) {
    case 'EventReceived':
      return { eventId, counted, at, ...nothing, type: nameOf(transition.data.type) };
    case 'ProcessingSucceeded':
      return { eventId, counted, at, ...nothing, attemptMs: transition.data.durationMs };
    case 'ProcessingFailed': {
      const { handler, durationMs, failure } = transition.data;
      const kind = { class: nameOf(failure.class), fingerprint: nameOf(failure.fingerprint) };
      return { eventId, counted, at, ...nothing, attemptMs: handler === null ? null : durationMs, failure: kind };
    }
    default:
      return { eventId, counted, at, ...nothing };
  }
}

function decoded(recorded: RecordedTransition): Transition | null {
  try {
    return decodeEventTransition(recorded);
  } catch (error) {
    if (!(error instanceof UndecodableTransition)) throw error;
    return null;
  }
}

const nameOf = (text: string) => storable(text).slice(0, LONGEST_NAME).toWellFormed();
