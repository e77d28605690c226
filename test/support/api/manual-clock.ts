import type { MonotonicClock } from '../../../src/application/ports/clock.ts';

export interface ManualClock extends MonotonicClock {
  /** Moves time on; who has slept long enough wakes. */
  advance(durationMs: number): void;
}

/** Time that stands still until the test moves it. */
export function manualClock(start = Date.parse('2030-01-01T00:00:00.000Z')): ManualClock {
  let now = start;
  const sleepers = new Map<() => void, number>();
  return {
    now: () => now,
    monotonicMs: () => now,
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          sleepers.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        sleepers.set(wake, now + delayMs);
        signal?.addEventListener('abort', wake);
      }),
    advance(durationMs) {
      now += durationMs;
      for (const [wake, due] of sleepers) if (due <= now) wake();
    },
  };
}
