import type { MonotonicClock } from '../../../src/application/ports/clock.ts';

export interface VirtualClock extends MonotonicClock {
  /** Lets everything happen that can, moving time on to the next sleeper whenever nothing else does, until it holds. */
  runUntil(holds: () => boolean): Promise<void>;
  /** The same, for so long. */
  run(durationMs: number): Promise<void>;
  /** The same, until it has settled. */
  finish<Value>(promise: Promise<Value>): Promise<Value>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Promises that need no time have all gone on when this resolves. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const MAX_STEPS = 200_000;

/** Time that stands still until it is moved, and then jumps from one sleeper to the next. */
export function createVirtualClock(start = Date.parse('2026-01-01T00:00:00.000Z')): VirtualClock {
  let now = start;
  const sleepers = new Set<Sleeper>();

  const sleep = (delayMs: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: now + delayMs, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
    });

  const next = () =>
    [...sleepers].reduce<Sleeper | null>((first, one) => (first && first.at <= one.at ? first : one), null);

  async function runUntil(holds: () => boolean, until = Number.POSITIVE_INFINITY): Promise<void> {
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      await settled();
      if (holds()) return;
      const first = next();
      if (first === null || first.at > until) {
        if (until === Number.POSITIVE_INFINITY) throw new Error('Nothing sleeps any more, and it still does not hold');
        now = until;
        return;
      }
      now = Math.max(now, first.at);
      first.wake();
    }
    throw new Error(`It does not hold after ${MAX_STEPS} steps`);
  }

  return {
    now: () => now,
    monotonicMs: () => now,
    sleep,
    runUntil: (holds) => runUntil(holds),
    run: (durationMs) => runUntil(() => false, now + durationMs),
    finish: async (promise) => {
      let isSettled = false;
      const settle = () => {
        isSettled = true;
      };
      void promise.then(settle, settle);
      await runUntil(() => isSettled);
      return promise;
    },
  };
}
