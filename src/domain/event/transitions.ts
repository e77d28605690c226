import { z } from 'zod';

const text = z.string();
const count = z.number().int().nonnegative();
/** Always with milliseconds, because moments are compared as text. */
const timestamp = z.iso.datetime({ precision: 3 });
/** A year. A due date has to stay a date. */
const delayMs = count.max(365 * 24 * 60 * 60 * 1_000);

const retryPolicy = z.object({
  maxAttempts: z.number().int().min(1),
  initialDelayMs: delayMs,
  factor: z.number().min(1),
  maxDelayMs: delayMs,
});

const failure = z.object({
  /** Name of the error's class, such as `TypeError`. */
  class: text,
  message: text,
  stack: text.nullable(),
  /** Equal for failures of one kind: what similar failures are grouped by. */
  fingerprint: text,
  retryable: z.boolean(),
  /** How long the failing side asked us to wait; honoured up to the policy's cap. */
  retryAfterMs: count.nullable(),
});

const deadLetterReason = z.enum(['attempts-exhausted', 'not-retryable', 'no-handler', 'lease-expired']);

/** One run of the handler: the attempt counts from 1 in each generation. */
const run = { generation: count, attempt: z.number().int().min(1) };

/**
 * Every fact that can be recorded about an event, by its wire name. A stored name is never renamed and a stored field
 * never changes its meaning: a new shape is a new name with an upcaster.
 */
export const transitionSchemas = {
  EventReceived: z.object({
    type: text,
    source: text,
    /** The client's JSON text, byte for byte: large integers, key order and duplicate keys survive. */
    payload: text,
    contentType: text,
    idempotencyKey: text,
    /** SHA-256 of what the client asked for; tells a repeated request from another one under the same key. */
    requestFingerprint: text,
    clientId: text,
    orderingKey: text.nullable(),
    /** CloudEvents attributes beyond type and source, as they were sent. */
    cloudEvent: z.record(text, z.union([text, z.number(), z.boolean()])).nullable(),
  }),
  ProcessingStarted: z.object({ ...run, worker: text, leaseExpiresAt: timestamp }),
  ProcessingSucceeded: z.object({
    ...run,
    durationMs: count,
    handler: text,
    handlerVersion: text,
    result: z.json(),
  }),
  ProcessingFailed: z.object({ ...run, durationMs: count, handler: text.nullable(), failure }),
  /** `attempt` is the one that is due. */
  RetryScheduled: z.object({ ...run, dueAt: timestamp, delayMs, policy: retryPolicy }),
  EventDeadLettered: z.object({ ...run, reason: deadLetterReason, policy: retryPolicy }),
  /** `generation` is the one that begins. */
  ReplayRequested: z.object({ generation: z.number().int().min(1), reason: text, requestedBy: text }),
  EventDiscarded: z.object({ generation: count, reason: text, requestedBy: text }),
} as const;

export type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type Transition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];

export type RetryPolicy = z.infer<typeof retryPolicy>;
export type Failure = z.infer<typeof failure>;
export type DeadLetterReason = z.infer<typeof deadLetterReason>;

export const isTransitionType = (name: string): name is TransitionType => Object.hasOwn(transitionSchemas, name);
