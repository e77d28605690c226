import type { Actor } from './envelope.ts';

/** Who acts, and what led to it: recorded with each transition that follows. */
export interface CommandContext {
  readonly actor: Actor;
  /** Where the request came from; recorded for acts alone, because it says where a person is. */
  readonly address?: string;
  /** What led to the command; the head of the history by default. */
  readonly causationId?: string;
  /** The replay plan that led to it. */
  readonly planId?: string;
  readonly requestId?: string;
  /** W3C trace context; that of the history by default. */
  readonly traceparent?: string | undefined;
  /** What came with it; recorded with what follows from this command alone. */
  readonly tracestate?: string | undefined;
  /** The id of a transition that the command leads to; fresh by default. Read event-log.ts before giving one. */
  readonly transitionId?: (type: string) => string;
}
