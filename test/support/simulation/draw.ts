import { createSeededChance } from '../worker/seeded-chance.ts';

/** Draws for one scenario; the same for the same seed. */
export class Draw {
  readonly #fraction: () => number;
  constructor(seed: number) {
    this.#fraction = createSeededChance(seed).fraction;
  }
  /** Whole, from 0 to `most`. */
  upTo = (most: number) => Math.floor(this.#fraction() * (most + 1));
  chance = (probability: number) => this.#fraction() < probability;
  one = <Value>(values: readonly Value[]): Value => values[this.upTo(values.length - 1)] as Value;
  many = <Value>(count: number, make: (index: number) => Value): Value[] =>
    Array.from({ length: count }, (_, index) => make(index));
  /** Either way, and at most so much. */
  offBy = (most: number) => (this.chance(0.5) ? 1 : -1) * this.upTo(most);
}
