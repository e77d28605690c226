import type { Random } from './ports/random.ts';

export interface BackoffLimits {
  readonly firstMs: number;
  readonly longestMs: number;
}

export interface Backoff {
  /** How long to wait before the next attempt, in milliseconds: twice as long each time, up to the longest. */
  next(): number;
  /** An attempt succeeded. */
  reset(): void;
}

/**
 * @param random shortens each delay by up to a half, so that processes do not come back in step; never by more, so that
 *   no loop spins.
 */
export function createBackoff({ firstMs, longestMs }: BackoffLimits, random?: Pick<Random, 'fraction'>): Backoff {
  let delayMs = firstMs;
  return {
    next() {
      const presentMs = delayMs;
      delayMs = Math.min(delayMs * 2, longestMs);
      return random === undefined ? presentMs : Math.round(presentMs * (1 - random.fraction() / 2));
    },
    reset() {
      delayMs = firstMs;
    },
  };
}
