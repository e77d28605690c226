import { createSeededRandom } from '../worker/seeded-random.ts';

/** Draws for one scenario; the same for the same seed. */
export class Draw {
  readonly #fraction: () => number;
  constructor(seed: number) {
    this.#fraction = createSeededRandom(seed).fraction;
  }
  /** Whole, from 0 to `most`. */
  upTo = (most: number) => Math.floor(this.#fraction() * (most + 1));
  random = (probability: number) => this.#fraction() < probability;
  one = <Value>(values: readonly Value[]): Value => values[this.upTo(values.length - 1)] as Value;
  many = <Value>(count: number, make: (index: number) => Value): Value[] =>
    Array.from({ length: count }, (_, index) => make(index));
  /** Either way, and at most so much. */
  offBy = (most: number) => (this.random(0.5) ? 1 : -1) * this.upTo(most);
}
