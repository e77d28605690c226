import type { MonotonicClock } from '../../../src/application/ports/clock.ts';
import type { Random } from '../../../src/application/ports/random.ts';
import type { Slot } from './scenario.ts';
import type { SimulatedTime } from './time.ts';

const never = () => new Promise<never>(() => {});
/** How long a step between a process and the world takes at most. */
const STEP_MS = 4;
/** After a pause, a process sees to its timers first, and only then to what has come in meanwhile. */
const TIMERS_FIRST_MS = 0.01;

/**
 * One process's time on earth. Everything that it does outside itself goes through steps, each of which takes a moment;
 * killed, it stops between two of them permanently, as SIGKILL would have it.
 */
export class Life {
  readonly slot: Slot;
  readonly random: Random;
  readonly #time: SimulatedTime;
  readonly #ended = Promise.withResolvers<void>();
  #isOver = false;
  #frozenUntil = 0;
  #clockIsOffByMs = 0;

  constructor(slot: Slot, time: SimulatedTime, random: Random) {
    this.slot = slot;
    this.random = random;
    this.#time = time;
  }

  get isOver(): boolean {
    return this.#isOver;
  }
  get isFrozen(): boolean {
    return this.#time.passed() < this.#frozenUntil;
  }
  /** Resolves when the process is killed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  kill(): void {
    this.#isOver = true;
    this.#ended.resolve();
  }
  freeze(durationMs: number): void {
    this.#frozenUntil = this.#time.passed() + durationMs;
  }
  /** The machine's clock is wrong by so much from now on. */
  setClockOff(byMs: number): void {
    this.#clockIsOffByMs = byMs;
  }

  async step(afterThawMs = TIMERS_FIRST_MS): Promise<void> {
    if (this.#isOver) return never();
    await this.#time.sleep(this.random.fraction() * STEP_MS);
    while (this.isFrozen) await this.#time.sleep(this.#frozenUntil - this.#time.passed() + afterThawMs);
    if (this.#isOver) await never();
  }

  /** Waits for an answer from outside, which comes after so long, whatever happens to the process meanwhile. */
  async answerAfter(delayMs: number): Promise<void> {
    await this.#time.sleep(delayMs);
    await this.step();
  }

  /** The clock as the process sees it. */
  readonly clock: MonotonicClock = {
    now: () => this.#time.now() + this.#clockIsOffByMs,
    monotonicMs: () => this.#time.monotonicMs(),
    sleep: async (delayMs, signal) => {
      await this.#time.sleep(delayMs, signal);
      await this.step(0);
    },
  };
}
