import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transitionSchemas } from '../../../src/domain/event/transitions.ts';
import { describeFailure } from '../../../src/worker/describe-failure.ts';
import { NonRetryableError } from '../../../src/worker/handlers/non-retryable-error.ts';

class OutOfStock extends Error {}

describe('what a handler throws', () => {
  it('is kept with class, message and stack', () => {
    expect(describeFailure(new RangeError('Too far'))).toMatchObject({
      class: 'RangeError',
      message: 'Too far',
      retryable: true,
      retryAfterMs: null,
    });
    expect(describeFailure(new RangeError('Too far')).stack).toMatch(/^RangeError: Too far\n {4}at /);
  });

  it('is known by its constructor when its class sets no name', () => {
    expect(describeFailure(new OutOfStock('Gone')).class).toBe('OutOfStock');
    expect(describeFailure(new NonRetryableError('Never')).class).toBe('NonRetryableError');
  });

  it.each([
    [{ retryAfterMs: 1_500 }, 1_500],
    [{ retryAfterMs: 0.5 }, 1],
    [{ retryAfter: 2 }, 2_000],
    [{ retryAfter: '120' }, 120_000],
    [{ retryAfterMs: 5, retryAfter: 2 }, 5],
    [{ retryAfterMs: -1 }, null],
    [{ retryAfterMs: Number.NaN }, null],
    [{ retryAfterMs: Number.POSITIVE_INFINITY }, null],
    [{ retryAfterMs: '5' }, null],
    [{ retryAfter: 'soon' }, null],
    [{ retryAfter: {} }, null],
    [{ retryAfter: '99999999999999999999' }, null],
  ])('says how long the failing side asked us to wait: %j', (given, expected) => {
    expect(describeFailure(Object.assign(new Error('busy'), given)).retryAfterMs).toBe(expected);
  });

  it('is told with its cause, without which a failed fetch says nothing', () => {
    const cause = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    expect(describeFailure(new TypeError('fetch failed', { cause })).message).toBe(
      'fetch failed; caused by AggregateError: ECONNREFUSED',
    );
  });

  it('does not tell where files lie on this machine', () => {
    const error = new Error('x');
    error.stack =
      'Error: x\n    at f (file:///home/ada/work/shop/src/orders/ship.ts:3:7)\n    at /home/ada/a/b/c.js:1:2\n    at node:internal/x:5:1';
    expect(describeFailure(error).stack).toBe(
      'Error: x\n    at f (…/src/orders/ship.ts:3:7)\n    at …/a/b/c.js:1:2\n    at node:internal/x:5:1',
    );
  });

  it.each([
    ['a text', 'no', 'The handler threw no'],
    ['an object', { reason: 'no' }, 'The handler threw {"reason":"no"}'],
    ['nothing', undefined, 'The handler threw undefined'],
    ['a symbol', Symbol('no'), 'The handler threw Symbol(no)'],
  ])('may be %s', (_, thrown, message) => {
    expect(describeFailure(thrown)).toMatchObject({ class: 'NotAnError', message, retryable: true });
  });

  it('is not tried again when it says so', () => {
    expect(describeFailure({ retryable: false }).retryable).toBe(false);
    expect(describeFailure(Object.assign(new Error('x'), { retryable: false })).retryable).toBe(false);
    expect(describeFailure(Object.assign(new Error('x'), { retryable: 0 })).retryable).toBe(true);
  });

  it('may throw when it is looked at', () => {
    const hostile = new Proxy(new Error('x'), {
      get() {
        throw new Error('Do not look');
      },
    });
    expect(describeFailure(hostile)).toMatchObject({ class: 'UnreadableError', retryable: true });
  });

  it('always fits the log, whatever its texts are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).map((some) => some.repeat(200));
    const anything = fc.oneof(
      fc.anything(),
      fc.record({ name: text, message: text, stack: text }).map((fields) => Object.assign(new Error('x'), fields)),
      fc.constant(Object.assign(new Error('\0 and \ud800'), { name: '\0' })),
    );
    fc.assert(
      fc.property(anything, (thrown) => {
        const failure = describeFailure(thrown);
        expect(transitionSchemas.ProcessingFailed.shape.failure.parse(failure)).toEqual(failure);
        expect(failure.message.length).toBeLessThanOrEqual(2_000);
        expect(failure.stack?.length ?? 0).toBeLessThanOrEqual(4_000);
        for (const each of [failure.class, failure.message, failure.stack ?? ''])
          expect(each.isWellFormed() && !each.includes('\0')).toBe(true);
      }),
    );
  });
});

describe('the fingerprint of a failure', () => {
  const of = (message: string) => describeFailure(new Error(message)).fingerprint;

  it('is the same for failures that differ in numbers and ids only', () => {
    expect(of('Order 17 of 0f8fad5b-d9cb-469f-a165-70867728950e: 503')).toBe(
      of('Order 4 of 7C9E6679-7425-40DE-944B-E07FC1F90AE7: 504'),
    );
  });

  it('differs with the words and with the class', () => {
    expect(of('Order 17 is gone')).not.toBe(of('Order 17 is late'));
    expect(of('x')).not.toBe(describeFailure(new TypeError('x')).fingerprint);
  });

  it('stays the same over releases', () => {
    expect(of('Order 17 is gone')).toBe('5b5958809abab38e');
  });
});
