import { type Clock, timestamp } from '../ports/clock.ts';

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

export function createBreaker(clock: Pick<Clock, 'now'>): Breaker {
  const { failures: most, restMs } = breakerLimits;
  let failures = 0;
  let openedAt: number | null = null;
  return {
    openReason() {
      const now = clock.now();
      // A clock that was set back must not keep it open.
      if (openedAt === null || now < openedAt || now - openedAt >= restMs) return null;
      return `it failed ${failures} times in a row and is not asked before ${timestamp(openedAt + restMs)}`;
    },
    succeeded() {
      failures = 0;
      openedAt = null;
    },
    failed() {
      failures++;
      if (failures >= most) openedAt = clock.now();
    },
  };
}
