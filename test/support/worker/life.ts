import type { Chance } from '../../../src/application/ports/chance.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';

const never = () => new Promise<never>(() => {});

/**
 * One process's time on earth. Everything that it does outside itself goes through steps, each of which takes a moment;
 * killed, it stops between two of them for ever, as SIGKILL would have it.
 */
export class Life {
  readonly #clock: Clock;
  readonly #chance: Chance;
  #stepsLeft = Number.POSITIVE_INFINITY;
  #pausedUntil = 0;

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  get isOver(): boolean {
    return this.#stepsLeft <= 0;
  }

  /** Kills the process after so many further steps. */
  endAfter(steps: number): void {
    this.#stepsLeft = steps;
  }

  /** Stops the process for so long, and then lets it go on as if nothing had been. */
  pause(durationMs: number): void {
    this.#pausedUntil = this.#clock.now() + durationMs;
  }

  async step(): Promise<void> {
    if (this.#stepsLeft-- <= 0) return never();
    await this.#clock.sleep(Math.round(this.#chance.fraction() * 4));
    while (this.#clock.now() < this.#pausedUntil) await this.#clock.sleep(this.#pausedUntil - this.#clock.now());
    if (this.isOver) await never();
  }

  /** The same function, as the process can call it: it may be killed on the way there and on the way back. */
  lived<Args extends readonly unknown[], Result>(
    act: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      await this.step();
      const result = await act(...args);
      await this.step();
      return result;
    };
  }
}
