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
/** What was on its way when the tables were lost has arrived by then. */
const SETTLED_MS = 1_500;
/** The least that the sweep's delays come down to by jitter. */
const SHORTEST_SHARE = 0.75;

/** How often each attempt was asked for: what nothing moves is asked for less and less often. */
export class AskedAttempts {
  readonly #asked = new Map<string, Asked>();
  readonly #passed: () => number;
  readonly #endedAt = new Map<string, number>();
  #lostAt: number | null = null;
  /** Of those whose last call failed it is not known yet. */
  readonly #recoveredAt = new Map<object, number>();
  /** What each publisher has asked for in calls that failed, and not again since. */
  readonly #unanswered = new Map<object, Set<string>>();
  /** Commands, after the tables were lost, for what had ended before. */
  readonly #forEnded: string[] = [];

  constructor(passed: () => number) {
    this.#passed = passed;
  }

  /** @param publisher whose call, made at `calledAt`, has put the command into the broker. */
  note(command: ProcessEvent, publisher: object, calledAt: number): void {
    const at = this.#passed();
    const endedAt = this.#endedAt.get(endingOf(command));
    const wasLostBefore = this.#lostAt !== null && calledAt > this.#lostAt + SETTLED_MS;
    // What a failed call kept waiting is published when the broker is back, whatever has ended meanwhile: its own commands
    // however late, because the pause before it is repeated may be longer than that of another call of the same process.
    const hasWaited =
      calledAt <= (this.#recoveredAt.get(publisher) ?? -Infinity) + SETTLED_MS ||
      this.#unanswered.get(publisher)?.has(messageId(command)) === true;
    if (endedAt !== undefined && wasLostBefore && !hasWaited && endedAt < (this.#lostAt ?? 0))
      this.#forEnded.push(messageId(command));
    const id = messageId(command);
    const before = this.#asked.get(id);
    if (before === undefined) this.#asked.set(id, { times: 1, firstAt: at, lastAt: at });
    else {
      before.times++;
      before.lastAt = at;
    }
  }

  noteFailed(publisher: object, commands: readonly ProcessEvent[]): void {
    this.#recoveredAt.set(publisher, Infinity);
    const unanswered = this.#unanswered.get(publisher) ?? new Set();
    for (const command of commands) unanswered.add(messageId(command));
    this.#unanswered.set(publisher, unanswered);
  }
  noteSucceeded(publisher: object, commands: readonly ProcessEvent[]): void {
    const unanswered = this.#unanswered.get(publisher);
    const wereRepeated = commands.filter((command) => unanswered?.delete(messageId(command))).length > 0;
    if (wereRepeated || this.#recoveredAt.get(publisher) === Infinity) this.#recoveredAt.set(publisher, this.#passed());
  }

  noteEnding(eventId: string, generation: number): void {
    this.#endedAt.set(endingOf({ eventId, generation }), this.#passed());
  }
  noteLostTables(): void {
    this.#lostAt = this.#passed();
  }
  /** An older copy that was put back holds what had not ended then. */
  noteRestoredTables(): void {
    this.#lostAt = null;
  }

  /** Commands that an empty read database has led to, and nothing needed, in words. */
  needlessly(): readonly string[] {
    return this.#forEnded.map(
      (id) => `${id} was asked for because the read database was empty, and had ended long before`,
    );
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

const endingOf = ({ eventId, generation }: Pick<ProcessEvent, 'eventId' | 'generation'>) => `${eventId}:${generation}`;
