import { z } from 'zod';
import { jitterKinds, type RetryPolicy } from '../../domain/event/transitions.ts';
import type { HandlerDefinition } from './define-config.ts';

/** What a handler gets that says nothing else, and an event for whose type there is no handler. */
export const defaultRetry: RetryPolicy = { maxAttempts: 5, initialDelayMs: 1_000, factor: 2, maxDelayMs: 300_000 };
const DEFAULT_TIMEOUT_MS = 30_000;

/** A year: the longest delay that the log takes. */
const MAX_DELAY_MS = 365 * 24 * 60 * 60 * 1_000;
/** A day. A timer of more than 2³¹ ms would fire at once. */
const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1_000;

const numberBetween = (from: number, to: number) => {
  const error = `must be a number from ${from.toLocaleString('en')} to ${to.toLocaleString('en')}`;
  return z.number(error).min(from, error).max(to, error);
};
const wholeBetween = (from: number, to: number) =>
  numberBetween(from, to).refine(Number.isInteger, { error: 'must be a whole number', abort: true });

const jitter = z.enum(jitterKinds, "must be 'full', 'equal' or 'none'").optional();

const anObject = 'must be an object such as { maxAttempts: 5 }';
const notMoreThan = (most: number) => `must not be more than maxDelayMs, which is ${most}`;

/** What differs for failures of one class. */
const ofClass = z.strictObject(
  {
    maxAttempts: wholeBetween(1, 1_000).optional(),
    initialDelayMs: wholeBetween(0, MAX_DELAY_MS).optional(),
    factor: numberBetween(1, 100).optional(),
    jitter,
    maxDelayMs: wholeBetween(0, MAX_DELAY_MS).optional(),
  },
  anObject,
);

/** The whole policy for failures of a class. */
export const policyOfClass = (retry: RetryPolicy, given: z.output<typeof ofClass>): RetryPolicy => ({
  maxAttempts: given.maxAttempts ?? retry.maxAttempts,
  initialDelayMs: given.initialDelayMs ?? retry.initialDelayMs,
  factor: given.factor ?? retry.factor,
  maxDelayMs: given.maxDelayMs ?? retry.maxDelayMs,
  ...jitterOf(given.jitter ?? retry.jitter),
});

const jitterOf = (kind: RetryPolicy['jitter']) => (kind === undefined ? {} : { jitter: kind });

const retry = z
  .strictObject(
    {
      maxAttempts: wholeBetween(1, 1_000).default(defaultRetry.maxAttempts),
      initialDelayMs: wholeBetween(0, MAX_DELAY_MS).default(defaultRetry.initialDelayMs),
      factor: numberBetween(1, 100).default(defaultRetry.factor),
      jitter,
      maxDelayMs: wholeBetween(0, MAX_DELAY_MS).default(defaultRetry.maxDelayMs),
      on: z.record(z.string().min(1).max(200), ofClass, 'must be an object of policies by class of error').optional(),
    },
    anObject,
  )
  .refine(({ initialDelayMs, maxDelayMs }) => initialDelayMs <= maxDelayMs, {
    path: ['initialDelayMs'],
    error: ({ input }) => notMoreThan((input as RetryPolicy).maxDelayMs),
  })
  .superRefine(({ on = {}, ...usual }, context) => {
    for (const [name, given] of Object.entries(on)) {
      const { initialDelayMs, maxDelayMs } = policyOfClass(usual, given);
      if (initialDelayMs > maxDelayMs)
        context.addIssue({ code: 'custom', path: ['on', name, 'initialDelayMs'], message: notMoreThan(maxDelayMs) });
    }
  });

const isSchema = (value: unknown) => typeof value === 'object' && value !== null && '~standard' in value;

const handler = z.strictObject(
  {
    schema: z.custom<z.ZodType>(isSchema, 'must be a zod schema').optional(),
    retry: retry.default(defaultRetry),
    timeoutMs: wholeBetween(1, MAX_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS),
    replay: z.enum(['safe', 'manual', 'never'], "must be 'safe', 'manual' or 'never'").default('safe'),
    version: z
      .string('must be a text')
      .min(1, 'must not be empty')
      .max(100, 'must have at most 100 characters')
      .optional(),
    handle: z.custom<HandlerDefinition['handle']>(
      (value) => typeof value === 'function',
      'must be a function: handle(event, context)',
    ),
  },
  'must be an object with a function `handle`',
);

/** An event type, as ingest takes it, or a prefix of one. */
const pattern = z.string().regex(/^(\*|[A-Za-z0-9_.:/-]{1,200}(\.\*)?)$/, 'must be an event type, `prefix.*` or `*`');

/** The default export of an `eventops.config.ts`. */
export const configSchema = z.strictObject(
  { handlers: z.record(pattern, handler, 'must be an object of handlers by event type') },
  'must be an object with `handlers`',
);
