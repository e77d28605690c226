import type { Failure, Transition } from '../../domain/event/transitions.ts';
import { decodeEventTransition } from '../event-history.ts';
import type { ExplanationRequest } from '../ports/llm-client.ts';
import type { StoredTransition } from '../sealed-transition.ts';
import { type Redacted, redact } from './redact.ts';
import { shapeOf } from './shape-of-payload.ts';

const most = { message: 2_000, frames: 12, frame: 300, transitions: 12, payload: 4_000 } as const;

export interface DescribedFailure {
  readonly request: ExplanationRequest;
  /** How much was replaced, by kind. */
  readonly redactions: Readonly<Record<string, number>>;
}

/**
 * What is said of a failed attempt to whoever explains it: its failure, what happened before, and the payload's shape, with secrets and
 * personal data replaced. `history` ends with the attempt.
 */
export function describeRequest(
  history: readonly StoredTransition[],
  {
    handler,
    failure,
    attempts,
  }: { readonly handler: string | null; readonly failure: Failure; readonly attempts: number },
  { showsPayload }: { readonly showsPayload: boolean },
): DescribedFailure {
  const redactions: Record<string, number> = {};
  const clean = (text: string, length: number): string => {
    // Cut first, and then not within what was put in: a secret that is cut in two could be recognised no more.
    const { text: redacted, replaced }: Redacted = redact(text.slice(0, 2 * length + 2_000));
    for (const [kind, times] of Object.entries(replaced)) redactions[kind] = (redactions[kind] ?? 0) + times;
    return redacted.slice(0, length).toWellFormed();
  };
  const payloadOf = (text: string) => (showsPayload ? clean(text, most.payload) : clean(shapeOf(text), most.payload));
  const decoded = history.map((recorded) => ({ recorded, transition: decodeEventTransition(recorded) }));
  const received = decoded[0]?.transition;
  const request: ExplanationRequest = {
    handler,
    class: clean(failure.class, 200),
    message: clean(failure.message, most.message),
    frames: stackLines(failure.stack).map((line) => clean(line, most.frame)),
    attempts,
    payload: received?.type === 'EventReceived' ? payloadOf(received.data.payload) : '{}',
    transitions: decoded.slice(-most.transitions).map(({ recorded, transition }) => ({
      revision: Number(recorded.revision),
      text: clean(inWords(transition), most.message),
    })),
  };
  return { request, redactions };
}

const stackLines = (stack: string | null) =>
  (stack?.split('\n') ?? [])
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, most.frames);

/** A transition as it may be cited: never with what a client sent. */
function inWords(transition: Transition): string {
  switch (transition.type) {
    case 'ProcessingFailed': {
      const { attempt, failure } = transition.data;
      return `ProcessingFailed: attempt ${attempt} failed with ${failure.class}: ${failure.message}`;
    }
    case 'EventDeadLettered':
      return `EventDeadLettered: ${transition.data.reason}`;
    case 'ProcessingInterrupted':
      return `ProcessingInterrupted: attempt ${transition.data.attempt}, ${transition.data.cause}`;
    case 'ProcessingStarted':
    case 'ProcessingSucceeded':
    case 'RetryScheduled':
      return `${transition.type}: attempt ${transition.data.attempt}`;
    default:
      return transition.type;
  }
}
