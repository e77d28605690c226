import type { OutgoingCall } from '../application/outgoing-call.ts';
import type { EventState } from '../domain/event/state.ts';
import type { Failure, TransitionData } from '../domain/event/transitions.ts';
import type { ConfiguredHandler } from './handlers/match-handler.ts';

/** An attempt that this worker has claimed. */
export interface HandlerRun {
  readonly eventId: string;
  /** PROCESSING, by this worker's claim. */
  readonly state: EventState;
  readonly receivedAt: string;
  readonly traceparent: string | null;
  readonly handler: ConfiguredHandler;
  /** Called with each request that the handler sends to others, where `traceparent` is that of a trace that is recorded. */
  readonly called?: (call: OutgoingCall) => void;
}

type Result = TransitionData<'ProcessingSucceeded'>['result'];

/** How a handler ended by itself. */
export type HandlerEnd =
  /** `problem` says why what it returned is not kept; `null` when it is. */
  | { readonly kind: 'succeeded'; readonly result: Result; readonly problem: string | null }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type HandlerOutcome =
  | { readonly kind: 'succeeded'; readonly result: Result }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Its process ended while it ran several handlers, and nothing says which of them did it. */
  | { readonly kind: 'interrupted' }
  /** Stopped from outside before it ended: nothing is known about it. */
  | { readonly kind: 'abandoned' };

/** Where handlers run. */
export interface HandlerRunner {
  /** No handler can end the process that this runner is in, short of killing it by its id. */
  readonly isolates: boolean;
  /**
   * Runs the handler once and settles by its deadline, also when the handler does not. Never rejects: whatever the
   * handler does is an outcome.
   */
  run(run: HandlerRun): Promise<HandlerOutcome>;
  /** Aborts what still runs; it ends as `abandoned`. */
  abandon(): void;
  /** What keeps handlers from running, in words; `null` when nothing does. */
  unhealthyReason(): string | null;
  /** Ends whatever handlers run in. Nothing is run afterwards. */
  close(): Promise<void>;
}
