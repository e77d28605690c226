import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/application/canonical-json.ts';
import { transitionSchemas } from '../../../src/domain/event/transitions.ts';
import { smallResult } from '../../../src/worker/small-result.ts';

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('what a handler returns', () => {
  it.each([
    ['nothing', undefined, null],
    ['JSON', { shipped: [1, 'two', null, true] }, { shipped: [1, 'two', null, true] }],
    ['what says how it is written', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['numbers that JSON does not know', [Number.NaN, -0], [null, 0]],
  ])('is kept when it is %s', (_, returned, result) => {
    expect(smallResult(returned)).toEqual({ result, problem: null });
  });

  it.each([
    ['more than 4 KiB', 'ä'.repeat(2_100), 'it has 4202 bytes of JSON; at most 4096 are kept'],
    ['a function', () => 1, 'a function has no JSON form'],
    ['a circle', cyclic, 'it has no JSON form'],
    ['a BigInt', 1n, 'it has no JSON form'],
    ['deeper than 64', nested(65), 'it is nested deeper than 64'],
    ['a text that no database takes', ['\ud800'], 'it holds a lone surrogate or NUL'],
    ['a key that no database takes', { '\0': 1 }, 'it has a key that cannot be kept'],
    ['a key that means a prototype', JSON.parse('{"__proto__":1}'), 'it has a key that cannot be kept'],
  ])('is left out when it is %s', (_, returned, problem) => {
    expect(smallResult(returned)).toEqual({ result: null, problem });
  });

  it('always fits the log', () => {
    const schema = transitionSchemas.ProcessingSucceeded.shape.result;
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(anything, (returned) => {
        const { result } = smallResult(returned);
        expect(schema.parse(JSON.parse(canonicalJson(result)))).toEqual(result);
      }),
    );
  });
});
