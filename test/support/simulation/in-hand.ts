import type { Life } from './life.ts';
import type { World } from './world.ts';

/** What a process has in hand of what comes from outside: memory is bounded when each of these is. */
export interface InHand {
  /** Counts so many more until they are let go. */
  hold(what: string, count: number, atMost: number): () => void;
  whileHeld<Result>(what: string, count: number, atMost: number, act: () => Promise<Result>): Promise<Result>;
  /** What is asked for or handed over at once. */
  mustFit(what: string, count: number, atMost: number): void;
}

export function inHandOf(world: World, life: Life): InHand {
  const held = new Map<string, number>();
  const mustFit: InHand['mustFit'] = (what, count, atMost) => {
    if (count > atMost) world.seen.push(`${life.slot} has ${count} ${what} in hand, and may have ${atMost}`);
  };
  const hold: InHand['hold'] = (what, count, atMost) => {
    const sum = (held.get(what) ?? 0) + count;
    held.set(what, sum);
    mustFit(what, sum, atMost);
    let isHeld = true;
    return () => {
      if (isHeld) held.set(what, (held.get(what) ?? 0) - count);
      isHeld = false;
    };
  };
  return {
    hold,
    mustFit,
    whileHeld: async (what, count, atMost, act) => {
      const letGo = hold(what, count, atMost);
      try {
        return await act();
      } finally {
        letGo();
      }
    },
  };
}
