import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/domain/event/decide.ts';
import { fold } from '../../../../src/domain/event/state.ts';
import {
  jitterKinds,
  type RetryPolicy,
  type TransitionData,
  transitionSchemas,
} from '../../../../src/domain/event/transitions.ts';
import { failProcessing } from '../../../support/domain/commands.ts';
import { failure, histories, moment } from '../../../support/domain/transitions.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;
const anyDelayMs = fc.integer({ min: 0, max: YEAR_MS });

const situation = fc.record({
  initialDelayMs: anyDelayMs,
  factor: fc.double({ min: 1, max: Number.MAX_VALUE, noNaN: true }),
  maxDelayMs: anyDelayMs,
  attempts: fc.integer({ min: 1, max: 10_000 }),
  jitter: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  retryAfterMs: fc.option(fc.nat()),
});

function scheduledRetry(
  { maxAttempts, ...backoff }: RetryPolicy,
  { attempts, jitter, retryAfterMs }: { attempts: number; jitter: number; retryAfterMs: number | null },
): TransitionData<'RetryScheduled'> {
  const running = fold(histories.processing);
  if (running === null) throw new Error('The event is not running');
  const decision = decide(
    { ...running, attempts },
    failProcessing({
      attempt: attempts,
      policy: { maxAttempts, ...backoff },
      failure: { ...failure, retryAfterMs },
      jitter,
    }),
  );
  const retry = decision.ok ? decision.transitions[1] : undefined;
  if (retry?.type !== 'RetryScheduled') throw new Error(`No retry was scheduled: ${JSON.stringify(decision)}`);
  return retry.data;
}

describe('the delay before a retry', () => {
  it('never leaves the bounds of the policy, nor undercuts what the failing side asked for within them', () => {
    fc.assert(
      fc.property(
        situation,
        fc.constantFrom(...jitterKinds),
        ({ attempts, jitter, retryAfterMs, ...backoff }, kind) => {
          const policy = { ...backoff, jitter: kind, maxAttempts: attempts + 1 };
          const retry = scheduledRetry(policy, { attempts, jitter, retryAfterMs });
          const askedForMs = Math.min(retryAfterMs ?? 0, policy.maxDelayMs);
          expect(retry.delayMs).toBeGreaterThanOrEqual(askedForMs);
          expect(retry.delayMs).toBeLessThanOrEqual(policy.maxDelayMs);
          expect(Date.parse(retry.dueAt) - Date.parse(moment(0))).toBe(retry.delayMs);
          expect(transitionSchemas.RetryScheduled.parse(retry)).toEqual(retry);
        },
      ),
    );
  });

  it.each([
    { attempts: 1, delayMs: 500 },
    { attempts: 2, delayMs: 1_000 },
    { attempts: 3, delayMs: 2_000 },
    { attempts: 7, delayMs: 30_000 },
    { attempts: 900, delayMs: 30_000 },
  ])('doubles up to the cap: half of it is $delayMs ms after attempt $attempts', ({ attempts, delayMs }) => {
    const policy = { maxAttempts: 1_000, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 };
    expect(scheduledRetry(policy, { attempts, jitter: 0.5, retryAfterMs: null }).delayMs).toBe(delayMs);
  });

  it.each([
    { kind: undefined, least: 0, middle: 500, most: 999 },
    { kind: 'full', least: 0, middle: 500, most: 999 },
    { kind: 'equal', least: 500, middle: 750, most: 1_000 },
    { kind: 'none', least: 1_000, middle: 1_000, most: 1_000 },
  ] as const)('is by chance what its kind allows: $kind', ({ kind, ...delays }) => {
    const policy = { maxAttempts: 5, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 };
    const given = kind === undefined ? policy : { ...policy, jitter: kind };
    const delayAt = (jitter: number) => scheduledRetry(given, { attempts: 1, jitter, retryAfterMs: null }).delayMs;
    expect({ least: delayAt(0), middle: delayAt(0.5), most: delayAt(0.999) }).toEqual(delays);
  });

  it('may be nothing at all, however often', () => {
    const policy = { maxAttempts: 10_000, initialDelayMs: 0, factor: 2, maxDelayMs: 60_000 };
    expect(scheduledRetry(policy, { attempts: 9_000, jitter: 0.5, retryAfterMs: null }).delayMs).toBe(0);
  });

  it('may be anything from nothing on, so that events which failed together come back apart', () => {
    const policy = { maxAttempts: 5, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 };
    expect(scheduledRetry(policy, { attempts: 1, jitter: 0, retryAfterMs: null }).delayMs).toBe(0);
  });
});
