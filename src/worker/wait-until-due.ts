import type { Clock } from '../application/ports/clock.ts';

export const earlyLimits = {
  /**
   * How long a worker holds a command whose attempt may not start yet. Clocks that a time service keeps differ by far less;
   * one that is hours behind gives each command back after so long, for a worker with a better clock.
   */
  longestWaitMs: 5_000,
} as const;
export type EarlyLimits = { readonly [Limit in keyof typeof earlyLimits]: number };

/** The attempt that a command asks for may not start before `dueAt`, and by this process's clock it is earlier. */
export class AttemptNotDue extends Error {
  override readonly name = 'AttemptNotDue';
  /** RFC 3339. */
  readonly dueAt: string;
  constructor(dueAt: string) {
    super(`The attempt may not start before ${dueAt}`);
    this.dueAt = dueAt;
  }
}

/**
 * Waits until `dueAt` by this process's clock, but not for long: the clock that said it is due may be another. Resolves
 * with whether it is; never with `true` when `stopping` has aborted during the wait.
 */
export type WaitUntilDue = (dueAt: string | undefined) => Promise<boolean>;

export function createWaitUntilDue(
  clock: Clock,
  stopping: AbortSignal,
  limits: Partial<EarlyLimits> | undefined,
): WaitUntilDue {
  const { longestWaitMs } = { ...earlyLimits, ...limits };
  return async (dueAt) => {
    if (dueAt === undefined) return true;
    const due = Date.parse(dueAt);
    let leftMs = longestWaitMs;
    while (clock.now() < due && leftMs > 0 && !stopping.aborted) {
      // A timer may be a moment early by the clock, so at least one whole millisecond.
      const waitMs = Math.max(1, Math.min(due - clock.now(), leftMs));
      leftMs -= waitMs;
      await clock.sleep(waitMs, stopping);
    }
    return clock.now() >= due;
  };
}
