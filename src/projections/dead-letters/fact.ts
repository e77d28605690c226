import { decodeEventTransition } from '../../application/event-history.ts';
import { eventIdOfStream } from '../../application/event-identity.ts';
import { groupOf } from '../../application/failure-groups/identity.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import type { DeadLetterReason } from '../../domain/event/transitions.ts';
import { storable } from '../storable.ts';

/** What a dead letter is found by of its last failure. */
export interface FailureFacts {
  readonly class: string;
  readonly error: string;
  readonly fingerprint: string;
  readonly group_id: string;
}

/** What of a transition says whether its event is a dead letter. */
export type Fact =
  | {
      readonly kind: 'received';
      readonly type: string;
      readonly source: string;
      readonly clientId: string;
      readonly receivedAt: string;
    }
  | { readonly kind: 'failed'; readonly failure: FailureFacts }
  | {
      readonly kind: 'dead';
      readonly reason: DeadLetterReason;
      readonly attempts: number;
      readonly generation: number;
    }
  /** It waits for a retry, was replayed or was discarded. */
  | { readonly kind: 'not-dead' };

/** In rows and in what is shown at once; the history has all of it. */
const MOST_ERROR = 1_000;

/** `null` of what concerns no dead letter, and of what is not as it was written. */
export function factOf(recorded: RecordedTransition): Fact | null {
  if (!isUuid.test(eventIdOfStream(recorded.stream)) || !isTime(recorded.recordedAt)) return null;
  try {
    return decided(recorded);
  } catch (error) {
    if (!(error instanceof UndecodableTransition)) throw error;
    return null;
  }
}

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const latest = Date.parse('9999-12-31T23:59:59.999Z');
const isTime = (text: string) => Date.parse(text) >= 0 && Date.parse(text) <= latest;

function decided(recorded: RecordedTransition): Fact | null {
  const { type, data } = decodeEventTransition(recorded);
  switch (type) {
    case 'EventReceived':
      return {
        ...{ kind: 'received', type: data.type, source: data.source, clientId: storable(data.clientId) },
        receivedAt: recorded.recordedAt,
      };
    case 'ProcessingFailed': {
      const { handler, failure } = data;
      const error = storable(`${failure.class}: ${failure.message}`.slice(0, MOST_ERROR));
      const { class: name, fingerprint } = failure;
      const group_id = groupOf(handler, failure).id;
      return {
        kind: 'failed',
        failure: { class: storable(name), error, fingerprint: storable(fingerprint), group_id },
      };
    }
    case 'EventDeadLettered': {
      const { reason, attempt: attempts, generation } = data;
      return { kind: 'dead', reason, attempts, generation };
    }
    case 'RetryScheduled':
    case 'ReplayRequested':
    case 'EventDiscarded':
      return { kind: 'not-dead' };
    default:
      return null;
  }
}
