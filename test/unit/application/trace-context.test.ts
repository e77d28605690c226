import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedTraceContext, isTracestate } from '../../../src/application/trace-context.ts';

const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

describe('what a request says of its trace', () => {
  it.each([
    ['shop=till-7'],
    ['a=1, b=2'],
    ['tenant@vendor=x,rojo=00f067aa0ba902b7'],
    [`a=${'x'.repeat(256)}`],
    [Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(',')],
  ])('is kept where it is well formed: %s', (tracestate) => {
    expect(checkedTraceContext(traceparent, tracestate)).toEqual({ traceparent, tracestate });
  });

  it.each([
    ['no value', 'a='],
    ['no name', '=a'],
    ['a name in capitals', 'Shop=1'],
    ['a control character', 'a=\u001b[2J'],
    ['an end of line', 'a=1\nb=2'],
    ['a name twice', 'a=1,a=2'],
    ['a value that is too long', `a=${'x'.repeat(257)}`],
    ['33 members', Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(',')],
    ['more than 512 characters', `a=${'x'.repeat(250)},b=${'y'.repeat(250)},c=${'z'.repeat(20)}`],
    ['what is not ASCII', 'a=é'],
    ['nothing', ''],
  ])('is kept without a tracestate that has %s', (_, tracestate) => {
    expect(checkedTraceContext(traceparent, tracestate)).toEqual({ traceparent });
  });

  it.each([
    [undefined],
    [''],
    [`00-${'0'.repeat(32)}-${'2'.repeat(16)}-01`],
    [`00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`],
    [`ff-${'1'.repeat(32)}-${'2'.repeat(16)}-01`],
    [`${traceparent}, ${traceparent}`],
    [`${traceparent}\r\nx: y`],
    [traceparent.toUpperCase().replaceAll('1', 'A')],
    [[traceparent]],
  ])('is dropped whole with the traceparent %j', (given) => {
    expect(checkedTraceContext(given, 'a=1')).toEqual({});
  });

  it('is, whatever was sent, nothing or what a header may hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(checkedTraceContext(one, other)).toEqual({});
        if (isTracestate(other)) expect(other).toMatch(/^[ -~]{3,512}$/);
      }),
    );
  });
});
