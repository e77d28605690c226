import { decodeTransition } from '../../application/decode-transition.ts';
import { isAsWritten } from '../../application/envelope.ts';
import { decodeEventTransition } from '../../application/event-history.ts';
import { EVENT_STREAM_PREFIX, eventIdOfStream } from '../../application/event-identity.ts';
import {
  FAILURE_GROUP_STREAM_PREFIX,
  groupIdOfStream,
  groupOf,
  type IdentifiedGroup,
} from '../../application/failure-groups/identity.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { failureGroupAggregate } from '../../domain/failure-group/aggregate.ts';
import type { FailureGroupTransition } from '../../domain/failure-group/transitions.ts';
import { storable } from '../storable.ts';

interface OfEvent {
  readonly eventId: string;
  readonly at: string;
}

/** What the rows of groups go by. */
export type Fact =
  | (OfEvent & {
      readonly kind: 'failed';
      /** By the fingerprint alone. */
      readonly group: IdentifiedGroup;
      readonly message: string;
      readonly handlerVersion: string | null;
    })
  | (OfEvent & { readonly kind: 'dead' | 'replayed' | 'processed' })
  | {
      readonly kind: 'of-group';
      readonly groupId: string;
      readonly at: string;
      readonly transition: FailureGroupTransition;
    };

export const factTypes = [
  ...['ProcessingFailed', 'EventDeadLettered', 'ReplayRequested', 'ProcessingSucceeded'],
  ...Object.keys(failureGroupAggregate.schemas).filter((type) => type !== 'FailureExplained'),
];

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const latest = Date.parse('9999-12-31T23:59:59.999Z');
/** Nearly every event succeeds in its first generation, which comes to nothing here, so that its data is not even parsed. */
const ofFirstGeneration = /^\{"attempt":\d+,"durationMs":\d+,"generation":0,/;

/** `null` of what comes to no row, of what is not as it was written, and of what no row could hold. */
export function factOf(recorded: RecordedTransition): Fact | null {
  const { stream, type, recordedAt: at } = recorded;
  if (type === 'ProcessingSucceeded' && ofFirstGeneration.test(recorded.data)) return null;
  const time = Date.parse(at);
  if (!(time >= 0 && time <= latest) || !isAsWritten(recorded)) return null;
  try {
    if (stream.startsWith(FAILURE_GROUP_STREAM_PREFIX)) {
      const groupId = groupIdOfStream(stream);
      if (!uuid.test(groupId)) return null;
      return { kind: 'of-group', groupId, at, transition: decodeTransition(failureGroupAggregate, recorded) };
    }
    const eventId = eventIdOfStream(stream);
    return stream.startsWith(EVENT_STREAM_PREFIX) && uuid.test(eventId) ? factOfEvent(recorded, eventId) : null;
  } catch (error) {
    if (!(error instanceof UndecodableTransition)) throw error;
    return null;
  }
}

function factOfEvent(recorded: RecordedTransition, eventId: string): Fact | null {
  const of = { eventId, at: recorded.recordedAt };
  const transition = decodeEventTransition(recorded);
  switch (transition.type) {
    case 'ProcessingFailed': {
      const { handler, handlerVersion: version = null, failure } = transition.data;
      const handlerVersion = version && storable(version);
      return { ...of, kind: 'failed', group: groupOf(handler, failure), message: failure.message, handlerVersion };
    }
    case 'EventDeadLettered':
      return { ...of, kind: 'dead' };
    case 'ReplayRequested':
      return { ...of, kind: 'replayed' };
    case 'ProcessingSucceeded':
      return { ...of, kind: 'processed' };
    default:
      return null;
  }
}
