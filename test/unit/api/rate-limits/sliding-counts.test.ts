import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlidingCounts } from '../../../../src/api/rate-limits/sliding-counts.ts';

const windowMs = 60_000;
const slotMs = 5_000;

function counting(mostKeys = 100, startMs = 0) {
  let nowMs = startMs;
  const counts = createSlidingCounts({ clock: { monotonicMs: () => nowMs }, windowMs, slotMs, mostKeys });
  return { counts, passes: (ms: number) => (nowMs += ms) };
}

describe('counts', () => {
  it('are forgotten a window later, at most a slot late', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.array(fc.nat(20_000), { maxLength: 60 }), (startMs, pausesMs) => {
        const { counts, passes } = counting(100, startMs);
        const at: number[] = [];
        for (const pauseMs of pausesMs) {
          const now = passes(pauseMs);
          counts.add('one');
          at.push(now);
          const within = (ms: number) => at.filter((each) => now - each < ms).length;
          expect(counts.of('one')).toBeGreaterThanOrEqual(within(windowMs));
          expect(counts.of('one')).toBeLessThanOrEqual(within(windowMs + slotMs));
        }
      }),
    );
  });

  it('say to the millisecond when so many will be forgotten', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { minLength: 1, maxLength: 40 }), fc.nat(39), (pausesMs, some) => {
        const { counts, passes } = counting();
        for (const pauseMs of pausesMs) {
          passes(pauseMs);
          counts.add('one');
        }
        const before = counts.of('one');
        const wanted = 1 + (some % before);
        const ms = counts.msUntilForgotten('one', wanted) ?? Number.NaN;
        expect(counts.msUntilForgotten('one', before + 1)).toBeNull();
        passes(ms - 1);
        expect(counts.of('one')).toBeGreaterThan(before - wanted);
        passes(1);
        expect(counts.of('one')).toBeLessThanOrEqual(before - wanted);
      }),
    );
  });

  it('of one key are none of another', () => {
    const { counts } = counting();
    counts.add('one');
    expect([counts.of('one'), counts.of('another')]).toEqual([1, 0]);
    expect(counts.msUntilForgotten('another', 1)).toBeNull();
  });

  it('are all gone after any long time', () => {
    const { counts, passes } = counting();
    for (let each = 0; each < 50; each++) {
      passes(3_000);
      counts.add('one');
    }
    passes(windowMs + slotMs);
    expect(counts.of('one')).toBe(0);
    passes(7 * 24 * 3_600_000);
    counts.add('one');
    expect(counts.of('one')).toBe(1);
  });

  it('of keys that are idle are let go of, once they have been listed as none', () => {
    const { counts, passes } = counting();
    counts.add('one');
    expect([...counts.all()]).toEqual([['one', 1]]);
    passes(windowMs + slotMs);
    counts.add('another');
    expect([...counts.all()]).toEqual([
      ['one', 0],
      ['another', 1],
    ]);
    expect([...counts.all()]).toEqual([['another', 1]]);
  });
});

describe.each([1, 2, 3])('%i keys at most', (mostKeys) => {
  it('are held, however many come', () => {
    const { counts } = counting(mostKeys);
    for (let each = 0; each < 1_000; each++) counts.add(`key-${each}`);
    expect([...counts.all()].map(([key]) => key)).toHaveLength(mostKeys);
    expect(counts.of('key-999')).toBe(1);
  });
});

it('the key that makes room is one that asked little', () => {
  const { counts } = counting(3);
  for (let each = 0; each < 10; each++) counts.add('busy');
  for (let each = 0; each < 100; each++) counts.add(`other-${each}`);
  expect(counts.of('busy')).toBe(10);
});
