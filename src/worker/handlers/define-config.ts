import type { z } from 'zod';
import type { HandlerLogger } from '../../application/ports/logger.ts';
import type { ReplayPermission } from '../../domain/event/commands.ts';
import type { RetryPolicy } from '../../domain/event/transitions.ts';

export interface HandlerEvent<Payload = unknown> {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** Parsed, and as the schema gives it back where there is one. Integers beyond 2⁵³ have lost digits. */
  readonly payload: Payload;
  /** RFC 3339 in UTC with milliseconds. */
  readonly receivedAt: string;
  /** 0 at first, one more with each replay. */
  readonly generation: number;
  /** From 1 in each generation. */
  readonly attempt: number;
}

export interface HandlerContext {
  /** Aborts at the handler's deadline and when the process has to end. What is done afterwards is not recorded. */
  readonly signal: AbortSignal;
  /** Adds the event's id, type and attempt to every line. */
  readonly logger: HandlerLogger;
  /**
   * `<event id>:<generation>`: the same for every attempt of one generation. A handler runs at least once, so hand this
   * on to whatever must happen once only.
   */
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  /**
   * W3C trace context, to be handed on as the header `traceparent` by clients other than Node's own: of this attempt where
   * attempts are traced, else of the request that sent the event or replayed it. `null` where that had none.
   */
  readonly traceparent: string | null;
}

export interface HandlerDefinition<Payload = unknown> {
  /** Checks and types `event.payload`. A payload that does not fit is a dead letter at once. */
  readonly schema?: z.ZodType<Payload>;
  /**
   * What is left out: 5 attempts, from 1,000 ms on twice as long each time, at most 300,000 ms, `jitter` `full`. `on` says
   * what differs for errors of a class.
   */
  readonly retry?: Partial<RetryPolicy> & { readonly on?: Readonly<Record<string, Partial<RetryPolicy>>> };
  /** 30,000 by default. */
  readonly timeoutMs?: number;
  /**
   * May the work be done again? `safe` by default. `never`: a replay is refused, also of a dead letter. `manual`: an
   * event may be replayed alone, and is left out where many are replayed together.
   */
  readonly replay?: ReplayPermission;
  /** Kept with every success. A hash of the configuration file by default: it knows nothing of what the file imports. */
  readonly version?: string;
  /** What it returns is kept with the success, if it is JSON of at most 4 KiB. */
  handle(event: HandlerEvent<Payload>, context: HandlerContext): unknown;
}

export interface EventOpsConfig {
  /** By event type, `prefix.*`, or `*`: the closest one is used. */
  readonly handlers: Readonly<Record<string, HandlerDefinition>>;
}

/** Gives the configuration its types, and each handler its payload's type from its schema. Does nothing else. */
export const defineConfig = <Payloads extends Readonly<Record<string, unknown>>>(config: {
  readonly handlers: { readonly [Name in keyof Payloads]: HandlerDefinition<Payloads[Name]> };
}): EventOpsConfig => config;
