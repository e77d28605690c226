import type { MonotonicClock } from '../application/ports/clock.ts';

export const deadlineLimits = {
  /**
   * How late a deadline may be noticed. One look at all that runs, this often, costs nothing, while a sleep with an
   * abort listener for each event costs 5 of the 66 µs that an event may cost at 15,000 events/s.
   */
  checkEveryMs: 25,
  /** A look that comes later than this says that the process itself was held up: stopped, suspended, or busy. */
  stallMs: 100,
} as const;
export type DeadlineLimits = { readonly [Name in keyof typeof deadlineLimits]: number };

export interface Deadlines<Item> {
  /** `item` has so much time, as far as this process has it, too. */
  add(item: Item, timeoutMs: number): void;
  remove(item: Item): void;
}

/**
 * Calls `strike` once for each item that is not removed in time. Time is that of the monotonic clock, less what this
 * process was held up itself; and whoever seems late gets one turn of the event loop more, because the answer may lie in
 * a socket that could not be read meanwhile.
 */
export function createDeadlines<Item>(
  clock: Pick<MonotonicClock, 'monotonicMs' | 'sleep'>,
  strike: (item: Item) => void,
  { checkEveryMs, stallMs }: DeadlineLimits = deadlineLimits,
): Deadlines<Item> {
  const endsAt = new Map<Item, number>();
  let isWatching = false;
  let heldUpMs = 0;
  const awakeMs = () => clock.monotonicMs() - heldUpMs;

  const watch = async () => {
    isWatching = true;
    while (endsAt.size > 0) {
      const before = clock.monotonicMs();
      await clock.sleep(checkEveryMs);
      const lateMs = clock.monotonicMs() - before - checkEveryMs;
      if (lateMs > stallMs) heldUpMs += lateMs;
      const late = [...endsAt].filter(([, end]) => awakeMs() >= end);
      if (late.length === 0) continue;
      await clock.sleep(0);
      for (const [item] of late) if (endsAt.delete(item)) strike(item);
    }
    isWatching = false;
  };

  return {
    add: (item, timeoutMs) => {
      endsAt.set(item, awakeMs() + timeoutMs);
      if (!isWatching) void watch();
    },
    remove: (item) => void endsAt.delete(item),
  };
}
