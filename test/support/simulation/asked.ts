import { messageId, type ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import { limitsOf } from './limits.ts';
import type { Scenario } from './scenario.ts';

interface Asked {
  times: number;
  readonly firstAt: number;
  lastAt: number;
}

/** Beside the dispatcher's command and the sweep's first: some that a take-over or a lost answer publishes again. */
const SPARE = 3;
/** The least that the sweep's delays come down to by chance. */
const SHORTEST_SHARE = 0.75;

/** How often each attempt was asked for: what nothing moves is asked for ever less often. */
export class AskedAttempts {
  readonly #asked = new Map<string, Asked>();
  readonly #passed: () => number;

  constructor(passed: () => number) {
    this.#passed = passed;
  }

  note(command: ProcessEvent): void {
    const at = this.#passed();
    const id = messageId(command);
    const before = this.#asked.get(id);
    if (before === undefined) this.#asked.set(id, { times: 1, firstAt: at, lastAt: at });
    else {
      before.times++;
      before.lastAt = at;
    }
  }

  /** Attempts that were asked for more often than delays that double allow, in words. */
  tooOften(scenario: Scenario): readonly string[] {
    const { askAgainAfterMs, askAgainAtLeastEveryMs } = limitsOf(scenario, 'sweep');
    return [...this.#asked].flatMap(([id, { times, firstAt, lastAt }]) => {
      const spanMs = (lastAt - firstAt) / SHORTEST_SHARE;
      const atMost = SPARE + Math.log2(1 + spanMs / askAgainAfterMs) + spanMs / askAgainAtLeastEveryMs;
      return times <= atMost ? [] : [`${id} was asked for ${times} times within ${Math.round(lastAt - firstAt)} ms`];
    });
  }
}
