import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classOf,
  durationOf,
  fromJson,
  RELATIVE_ERROR,
  toJson,
} from '../../../../src/projections/statistics/histogram.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

describe('a class of durations', () => {
  it('stands for each of them with an error of at most 2 %, and half a millisecond of rounding', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 10 * YEAR_MS })), (ms) => {
        expect(Math.abs(durationOf(classOf(ms)) - ms)).toBeLessThanOrEqual(RELATIVE_ERROR * ms + 0.5);
      }),
    );
  });

  it('is one of at most 700, whatever a history says', () => {
    const classes = [0, 1, YEAR_MS, 10 * YEAR_MS, Number.MAX_SAFE_INTEGER].map(classOf);
    expect(Math.max(...classes)).toBeLessThan(700);
    expect(Math.min(...classes)).toBe(-1);
  });

  it('is that of no time for less than none, which clocks that differ make of a short one', () => {
    expect(durationOf(classOf(-5_000))).toBe(0);
    expect([0, 1, 2, 3].map((ms) => durationOf(classOf(ms)))).toEqual([0, 1, 2, 3]);
  });

  it('is kept as JSON', () => {
    const histogram = new Map([
      [-1, 2],
      [40, 1],
    ]);
    expect(fromJson(JSON.parse(JSON.stringify(toJson(histogram))))).toEqual(histogram);
  });
});
