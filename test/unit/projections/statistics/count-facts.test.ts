import { describe, expect, it } from 'vitest';
import { countFacts, noRows } from '../../../../src/projections/statistics/count-facts.ts';
import type { TypedFact } from '../../../../src/projections/statistics/follow-events.ts';

const fact = (but: Partial<TypedFact> = {}): TypedFact => ({
  ...{ eventId: 'an event', counted: 'received', at: 90_000, type: 'order.placed' },
  ...{ attemptMs: null, endToEndMs: null, failure: null },
  ...but,
});
const failed = (kind: string) => fact({ counted: 'failed', failure: { class: 'TypeError', fingerprint: kind } });

const countsOf = (facts: readonly TypedFact[], names: number) => {
  const { events, failures } = countFacts(facts, noRows(), { names });
  const inMinute = <Row extends { readonly bucket: string }>(rows: Iterable<Row>) =>
    [...rows].filter(({ bucket }) => bucket === '1m');
  return {
    types: inMinute(events).map(({ type, counts }) => [type, counts.received + counts.failed]),
    kinds: inMinute(failures).map(({ class: name, fingerprint, failures: count }) => [name, fingerprint, count]),
  };
};

describe('a bucket', () => {
  it('is the minute, the hour and the day in which a transition was recorded', () => {
    const { events } = countFacts([fact({ at: Date.parse('2030-01-31T12:34:56.789Z') })], noRows(), { names: 1 });
    expect([...events].map(({ bucket, startedAt }) => [bucket, new Date(startedAt).toISOString()])).toEqual([
      ['1m', '2030-01-31T12:34:00.000Z'],
      ['1h', '2030-01-31T12:00:00.000Z'],
      ['1d', '2030-01-31T00:00:00.000Z'],
    ]);
  });

  it.each([1, 2, 3])('distinguishes the first %i types, and counts all others together', (names) => {
    const facts = ['a', 'b', 'c', 'a', 'd', 'e', 'c'].map((type) => fact({ type }));
    const { types } = countsOf(facts, names);
    expect(types.filter(([type]) => type !== '')).toHaveLength(names);
    expect(types.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(facts.length);
    expect(types[0]).toEqual(['a', 2]);
  });

  it('distinguishes as many kinds of failures, however many there are', () => {
    const { kinds } = countsOf(
      Array.from({ length: 1_000 }, (_, index) => failed(`kind-${index}`)),
      2,
    );
    expect(kinds).toEqual([
      ['TypeError', 'kind-0', 1],
      ['TypeError', 'kind-1', 1],
      ['', '', 998],
    ]);
  });

  it('takes a type or a kind without a name for one of the others', () => {
    const { types, kinds } = countsOf(
      [fact({ type: '' }), { ...failed(''), failure: { class: '', fingerprint: '' } }],
      5,
    );
    expect(types).toEqual([
      ['', 1],
      ['order.placed', 1],
    ]);
    expect(kinds).toEqual([['', '', 1]]);
  });
});
