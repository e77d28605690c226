import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../event-log/seeded-random.ts';

export interface SeededMoments {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** One of them. */
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
  /** Resolves after a random time of at most so long: faults come at moments that nobody chose. */
  within(longestMs: number): Promise<void>;
}

/** The random choices of one actor in a run, which no other actor's choices shift. */
export function seededMoments(seed: number, actor: string): SeededMoments {
  const fraction = seededRandom(createHash('sha256').update(`${seed}/${actor}`).digest().readUInt32LE());
  return {
    fraction,
    oneOf: (items) => items[Math.floor(fraction() * items.length)] ?? items[0],
    within: (longestMs) => wait(fraction() * longestMs),
  };
}
