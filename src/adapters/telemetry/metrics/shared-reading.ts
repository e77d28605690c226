import type { MonotonicClock } from '../../../application/ports/clock.ts';
import { within } from '../../../application/within.ts';

export const readingLimits = {
  /** How long a reading is believed, so that many who scrape cost what one does. */
  freshMs: 5_000,
  /** Prometheus gives a scrape 10 s, and one part that is late must not cost all others. */
  patienceMs: 3_000,
} as const;
export type ReadingLimits = { readonly [Name in keyof typeof readingLimits]: number };

export interface ReadingOptions {
  readonly clock: MonotonicClock;
  readonly limits?: Partial<ReadingLimits> | undefined;
}

/** What has to be asked for when metrics are collected; `null` where it could not be had in time. */
export type Reading<Value> = () => Promise<Value | null>;

/**
 * One reading for all who ask: one at a time, believed for a while, a failed one, too. A late one is not begun a second
 * time; those who come after it get what it brought.
 */
export function sharedReading<Value>(read: () => Promise<Value>, { clock, limits }: ReadingOptions): Reading<Value> {
  const { freshMs, patienceMs } = { ...readingLimits, ...limits };
  let last: { readonly value: Value | null; readonly at: number } | null = null;
  let underWay: Promise<Value | null> | null = null;
  const readOnce = async () => {
    const value = await read().catch(() => null);
    last = { value, at: clock.monotonicMs() };
    underWay = null;
    return value;
  };
  return async () => {
    if (last !== null && clock.monotonicMs() - last.at < freshMs) return last.value;
    underWay ??= readOnce();
    return within(clock, patienceMs, underWay).catch(() => null);
  };
}
