import { type MonotonicClock, timestamp } from '../ports/clock.ts';

export const breakerLimits = {
  /** So many failures one after the other, and it is not asked for a while. */
  failures: 4,
  restMs: 60_000,
} as const;

/** Keeps a model that fails from being asked again and again: after a rest, one request shows whether it is back. */
export interface Breaker {
  /** Why it is not to be asked now; `null` when it may be. */
  openReason(): string | null;
  succeeded(): void;
  failed(): void;
}

export function createBreaker(clock: Pick<MonotonicClock, 'now' | 'monotonicMs'>): Breaker {
  const { failures: most, restMs } = breakerLimits;
  let failures = 0;
  let openedAt: number | null = null;
  return {
    openReason() {
      if (openedAt === null) return null;
      const leftMs = openedAt + restMs - clock.monotonicMs();
      if (leftMs <= 0) return null;
      return `it failed ${failures} times in a row and is not asked before ${timestamp(clock.now() + leftMs)}`;
    },
    succeeded() {
      failures = 0;
      openedAt = null;
    },
    failed() {
      failures++;
      if (failures >= most) openedAt = clock.monotonicMs();
    },
  };
}
