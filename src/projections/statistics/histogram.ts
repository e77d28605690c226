/**
 * Durations as counts by classes of their logarithm, as in DDSketch (https://arxiv.org/abs/1908.10693): equal classes everywhere,
 * so that those of any minutes, types or processes can be added up, and a percentile of the sum is as exact as one of a part.
 */
export const RELATIVE_ERROR = 0.02;

/** Two durations of one class are never further apart than this, as a ratio. */
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** Of what took no time at all, by a clock that counts in milliseconds. */
const NO_TIME = -1;
/** Ten years: so many classes are the most that there can be, 650 or so. */
const LONGEST_MS = 10 * 365 * 24 * 60 * 60 * 1_000;

/** How many durations are in each class. */
export type Histogram = ReadonlyMap<number, number>;

/** Clocks of processes differ, so a duration may come out as less than none. */
export const classOf = (durationMs: number): number => {
  const ms = Math.min(LONGEST_MS, durationMs);
  return ms < 1 ? NO_TIME : Math.ceil(Math.log(ms) / LOG_GAMMA);
};

/** The duration that stands for a class: off by at most {@link RELATIVE_ERROR}, and then rounded to a millisecond. */
export const durationOf = (index: number): number =>
  index <= NO_TIME ? 0 : Math.round((2 * GAMMA ** index) / (GAMMA + 1));

/** For a column of `jsonb`. */
export const toJson = (histogram: Histogram): Readonly<Record<string, number>> => Object.fromEntries(histogram);
export const fromJson = (json: Readonly<Record<string, number>>): Map<number, number> =>
  new Map(Object.entries(json).map(([index, count]) => [Number(index), count]));
