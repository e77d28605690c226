import { describe, expect, it } from 'vitest';
import { createBackoff } from '../../../src/application/backoff.ts';

const limits = { firstMs: 100, longestMs: 500 };
const next = (backoff: ReturnType<typeof createBackoff>, times: number) =>
  Array.from({ length: times }, () => backoff.next());

describe('the delay between two attempts', () => {
  it('doubles up to the longest, and is the first again after a success', () => {
    const backoff = createBackoff(limits);
    expect(next(backoff, 5)).toEqual([100, 200, 400, 500, 500]);
    backoff.reset();
    expect(next(backoff, 2)).toEqual([100, 200]);
  });

  it.each([
    ['at least the half of it', 1, [50, 100, 200, 250]],
    ['at most all of it', 0, [100, 200, 400, 500]],
  ])('is shortened by random: %s', (_, fraction, expected) => {
    expect(next(createBackoff(limits, { fraction: () => fraction }), 4)).toEqual(expected);
  });
});
