import type { EventState } from '../domain/event/state.ts';
import type { Failure, TransitionData } from '../domain/event/transitions.ts';
import type { ConfiguredHandler } from './handlers/match-handler.ts';

/** An attempt that this worker has claimed. */
export interface HandlerRun {
  readonly eventId: string;
  /** PROCESSING, by this worker's claim. */
  readonly state: EventState;
  readonly receivedAt: string;
  readonly handler: ConfiguredHandler;
}

export type HandlerOutcome =
  | { readonly kind: 'succeeded'; readonly result: TransitionData<'ProcessingSucceeded'>['result'] }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Stopped from outside before it ended: nothing is known about it. */
  | { readonly kind: 'abandoned' };

/** Where handlers run. */
export interface HandlerRunner {
  /**
   * Runs the handler once and settles by its deadline, also when the handler does not. Never rejects: whatever the
   * handler does is an outcome.
   */
  run(run: HandlerRun): Promise<HandlerOutcome>;
  /** Aborts what still runs; it ends as `abandoned`. */
  abandon(): void;
}
