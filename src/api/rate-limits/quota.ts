import type { MonotonicClock } from '../../application/ports/clock.ts';
import { createSlidingCounts, type SlidingCounts } from './sliding-counts.ts';

export const WINDOW_MS = 60_000;
const SLOT_MS = 5_000;

/** When the requests at other processes will be forgotten is not known here. */
const SECONDS_UNTIL_OTHERS_MAY_BE_FORGOTTEN = SLOT_MS / 1_000;

export interface Standing {
  readonly left: number;
  /** Until more may be left. */
  readonly seconds: number;
}

/** So many requests in any minute for each key. */
export interface Quota {
  readonly name: string;
  readonly most: number;
  /** Of this process alone. */
  readonly counts: SlidingCounts;
  /** What other processes have counted; replaced as it gets known. */
  elsewhere: (key: string) => number;
  isUsedUp(key: string): boolean;
  standingOf(key: string): Standing;
}

export interface QuotaOptions {
  readonly name: string;
  readonly most: number;
  readonly mostKeys: number;
  readonly clock: MonotonicClock;
}

export function createQuota({ name, most, mostKeys, clock }: QuotaOptions): Quota {
  const counts = createSlidingCounts({ clock, windowMs: WINDOW_MS, slotMs: SLOT_MS, mostKeys });
  const quota: Quota = {
    ...{ name, most, counts },
    elsewhere: () => 0,
    isUsedUp: (key) => counts.of(key) + quota.elsewhere(key) >= most,
    standingOf(key) {
      const left = most - counts.of(key) - quota.elsewhere(key);
      const ms = counts.msUntilForgotten(key, Math.max(1, 1 - left));
      const seconds = ms === null ? SECONDS_UNTIL_OTHERS_MAY_BE_FORGOTTEN : Math.max(1, Math.ceil(ms / 1_000));
      return { left: Math.max(0, left), seconds };
    },
  };
  return quota;
}
