import type { MonotonicClock } from '../../application/ports/clock.ts';

export interface SlidingCountsOptions {
  readonly clock: Pick<MonotonicClock, 'monotonicMs'>;
  readonly windowMs: number;
  /** In steps of so long: what was counted is forgotten up to one of them later than the window says. */
  readonly slotMs: number;
  /** Keys that are held at one time. */
  readonly mostKeys: number;
}

/** Of one key. */
interface Counted {
  /** What was counted in each slot, as a ring: the current slot and those that are whole in the window. */
  readonly slots: Uint32Array;
  /** The latest slot that the ring holds. */
  latest: number;
  total: number;
}

export interface SlidingCounts {
  /** Counted in the window that ends now, and up to a slot before it. */
  of(key: string): number;
  add(key: string): void;
  /** After how long so many of them will be forgotten; `null` when there are not so many. */
  msUntilForgotten(key: string, count: number): number | null;
  /** All keys with their counts; keys without any are let go of. */
  all(): Generator<readonly [key: string, count: number]>;
}

/** Keys that are looked at to find one that can be let go of. */
const CANDIDATES = 8;

/**
 * Counts for keys in a window that slides: by a clock that never jumps, because one that is set back would stop the window.
 * What is counted is forgotten a window later at the earliest, so that no window holds more than was allowed.
 */
export function createSlidingCounts({ clock, windowMs, slotMs, mostKeys }: SlidingCountsOptions): SlidingCounts {
  const length = Math.ceil(windowMs / slotMs) + 1;
  const keys = new Map<string, Counted>();
  const slotNow = () => Math.floor(clock.monotonicMs() / slotMs);

  function current(counted: Counted): Counted {
    const now = slotNow();
    const { slots } = counted;
    const passed = Math.min(now - counted.latest, length);
    for (let each = 1; each <= passed; each++) {
      const slot = (counted.latest + each) % length;
      counted.total -= slots[slot] ?? 0;
      slots[slot] = 0;
    }
    counted.latest = now;
    return counted;
  }

  /** Of those that came first, the one with the smallest count: it is the least worth remembering. */
  function makeRoom(): void {
    let least: readonly [key: string, total: number] | null = null;
    let looked = 0;
    for (const [key, counted] of keys) {
      const { total } = current(counted);
      if (least === null || total < least[1]) least = [key, total];
      if (total === 0 || ++looked === CANDIDATES) break;
    }
    if (least !== null) keys.delete(least[0]);
  }

  function created(key: string): Counted {
    if (keys.size >= mostKeys) makeRoom();
    const counted: Counted = { slots: new Uint32Array(length), latest: slotNow(), total: 0 };
    keys.set(key, counted);
    return counted;
  }

  return {
    of(key) {
      const counted = keys.get(key);
      return counted === undefined ? 0 : current(counted).total;
    },
    add(key) {
      const counted = current(keys.get(key) ?? created(key));
      const slot = counted.latest % length;
      counted.slots[slot] = (counted.slots[slot] ?? 0) + 1;
      counted.total++;
    },
    msUntilForgotten(key, count) {
      const counted = keys.get(key);
      if (counted === undefined || current(counted).total < count) return null;
      let forgotten = 0;
      for (let slot = counted.latest - length + 1; ; slot++) {
        forgotten += counted.slots[slot < 0 ? slot + length : slot % length] ?? 0;
        if (forgotten >= count) return (slot + length) * slotMs - clock.monotonicMs();
      }
    },
    *all() {
      for (const [key, counted] of keys) {
        const { total } = current(counted);
        yield [key, total];
        if (total === 0) keys.delete(key);
      }
    },
  };
}
