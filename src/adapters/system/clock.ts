import type { MonotonicClock } from '../../application/ports/clock.ts';

/** A timer of more fires at once, with a warning. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: MonotonicClock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      let timer: NodeJS.Timeout;
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleepOn = (leftMs: number) => {
        const partMs = Math.min(leftMs, LONGEST_TIMER_MS);
        timer = setTimeout(() => (leftMs > partMs ? sleepOn(leftMs - partMs) : wake()), partMs);
      };
      sleepOn(delayMs);
      signal?.addEventListener('abort', wake);
    }),
};
