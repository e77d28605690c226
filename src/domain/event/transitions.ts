import { z } from 'zod';

const text = z.string();
const count = z.number().int().nonnegative();
/** Always with milliseconds, because moments are compared as text. */
const timestamp = z.iso.datetime({ precision: 3 });
/** A year. A due date has to stay a date. */
const delayMs = count.max(365 * 24 * 60 * 60 * 1_000);

/**
 * How delays differ by chance. `full`: between nothing and the whole delay; `equal`: between half of it and the whole; `none`: the
 * whole.
 */
export const jitterKinds = ['full', 'equal', 'none'] as const;

const retryPolicy = z.object({
  factor: z.number().min(1),
  initialDelayMs: delayMs,
  /** `full` where it is absent, and in histories of before there were kinds. */
  jitter: z.enum(jitterKinds).optional(),
  maxAttempts: z.number().int().min(1),
  maxDelayMs: delayMs,
});

const failure = z.object({
  /** Name of the error's class, such as `TypeError`. */
  class: text,
  /** Equal for failures of one kind: what similar failures are grouped by. */
  fingerprint: text,
  message: text,
  /** How long the failing side asked us to wait; honoured up to the policy's cap. */
  retryAfterMs: count.nullable(),
  retryable: z.boolean(),
  stack: text.nullable(),
});

/** `lease-expired` is in histories of before interruptions were distinguished from attempts; nothing gives it any more. */
export const deadLetterReasons = [
  'attempts-exhausted',
  'not-retryable',
  'no-handler',
  'lease-expired',
  'poison',
] as const;
const deadLetterReason = z.enum(deadLetterReasons);

/**
 * What ended a run from outside. `process-ended`: the process that its handler ran in, with others beside it;
 * `worker-gone`, `lease-expired`: the worker itself, or so it seems; `stopping`: the worker was asked to stop.
 */
const interruptionCause = z.enum(['process-ended', 'worker-gone', 'lease-expired', 'stopping']);

const generation = count;
/** One run of the handler; counts from 1 in each generation. */
const attempt = z.number().int().min(1);

/**
 * Every fact that can be recorded about an event, by its wire name. A stored name is never renamed and a stored field
 * never changes its meaning: a new shape is a new name with an upcaster. Fields stand in alphabetical order, so that
 * what has been checked is canonical JSON as it stands.
 */
export const transitionSchemas = {
  EventReceived: z.object({
    clientId: text,
    /** CloudEvents attributes beyond type and source, as they were sent. */
    cloudEvent: z.record(text, z.union([text, z.number(), z.boolean()])).nullable(),
    contentType: text,
    /** The dead letter that it is a correction of. */
    correctionOf: text.optional(),
    idempotencyKey: text,
    orderingKey: text.nullable(),
    /** The client's JSON text, byte for byte: large integers, key order and duplicate keys survive. */
    payload: text,
    /** SHA-256 of what the client asked for; distinguishes a repeated request from another one under the same key. */
    requestFingerprint: text,
    source: text,
    type: text,
  }),
  ProcessingStarted: z.object({ attempt, generation, leaseExpiresAt: timestamp, worker: text }),
  ProcessingSucceeded: z.object({
    attempt,
    durationMs: count,
    generation,
    handler: text,
    handlerVersion: text,
    result: z.json(),
  }),
  ProcessingFailed: z.object({
    attempt,
    durationMs: count,
    failure,
    generation,
    handler: text.nullable(),
    /** Absent where no handler ran, and in histories of before it was recorded. */
    handlerVersion: text.optional(),
  }),
  /** `attempt` is the one that is due. */
  RetryScheduled: z.object({ attempt, delayMs, dueAt: timestamp, generation, policy: retryPolicy }),
  EventDeadLettered: z.object({ attempt, generation, policy: retryPolicy, reason: deadLetterReason }),
  /**
   * The run of `attempt` ended without an outcome of its own, so that it is not counted: the same attempt may start again
   * from `dueAt` on. `wasAlone`: nothing ran beside it that could have ended its process.
   */
  ProcessingInterrupted: z.object({
    attempt,
    cause: interruptionCause,
    dueAt: timestamp,
    generation,
    interruptedAt: timestamp,
    wasAlone: z.boolean(),
  }),
  /** `generation` is the one that begins. */
  ReplayRequested: z.object({ generation: z.number().int().min(1), reason: text, requestedBy: text }),
  /** `correctedBy`: the event that was made in its place. */
  EventDiscarded: z.object({ correctedBy: text.optional(), generation, reason: text, requestedBy: text }),
} as const;

export type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type Transition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];

export type RetryPolicy = z.infer<typeof retryPolicy>;
export type Failure = z.infer<typeof failure>;
export type DeadLetterReason = z.infer<typeof deadLetterReason>;
export type InterruptionCause = z.infer<typeof interruptionCause>;

export const isTransitionType = (name: string): name is TransitionType => Object.hasOwn(transitionSchemas, name);
