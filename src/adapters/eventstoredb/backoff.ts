import type { Chance } from '../../application/ports/chance.ts';

/** Tried again for ever. The jitter keeps processes from coming back in step. */
const RECONNECT = { initialDelayMs: 100, factor: 2, maxDelayMs: 5_000, jitter: 0.5 };

export interface Backoff {
  /** How long to wait before the next attempt, in milliseconds. */
  next(): number;
  /** An attempt succeeded. */
  reset(): void;
}

export function createBackoff(chance: Chance): Backoff {
  let delayMs = RECONNECT.initialDelayMs;
  return {
    next: () => {
      const jitteredMs = Math.round(delayMs * (1 - RECONNECT.jitter * chance.fraction()));
      delayMs = Math.min(delayMs * RECONNECT.factor, RECONNECT.maxDelayMs);
      return jitteredMs;
    },
    reset: () => {
      delayMs = RECONNECT.initialDelayMs;
    },
  };
}
