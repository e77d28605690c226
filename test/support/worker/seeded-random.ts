import { deriveUuid } from '../../../src/application/event-identity.ts';
import type { Random } from '../../../src/application/ports/random.ts';

/** The same draws for the same seed (mulberry32). */
export function createSeededRandom(seed: number): Random {
  let state = seed;
  let drawn = 0;
  return {
    uuid: () => deriveUuid('drawn', String(seed), String(drawn++)),
    fraction: () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** Draws of what simulations choose from. */
export function choosing({ fraction }: Pick<Random, 'fraction'>) {
  const below = (most: number) => Math.floor(fraction() * most);
  return { below, pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item };
}
