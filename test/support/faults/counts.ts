import type { TransitionType } from '../../../src/domain/event/transitions.ts';
import type { Evidence } from '../guarantees/evidence.ts';
import type { Breach, Guarantee } from '../guarantees/find-breaches.ts';

/** Who was killed with SIGKILL how often, such as `{ worker: 25, RabbitMQ: 20 }`. */
export type Kills = Readonly<Record<string, number>>;

/** What one fault test leaves for the table. */
export interface Counts {
  readonly test: string;
  /** Repeats the run's random choices. */
  readonly seed: number | null;
  readonly kills: Kills;
  /** Whatever else was counted, such as `{ 'wiped brokers': 1 }`; of several runs' `longest …`, the table has the greatest. */
  readonly figures: Readonly<Record<string, number>>;
  /** How many things were looked at for each guarantee. */
  readonly checks: Readonly<Record<Guarantee, number>>;
  readonly breaches: readonly Breach[];
}

/** How many things the evidence lets each guarantee be checked on. */
export function checksOf({ acknowledged, answered = [], histories, rows }: Evidence): Counts['checks'] {
  const count = (...types: readonly TransitionType[]) => countTransitions(histories, types);
  return {
    G1: acknowledged.length,
    G2: histories.size,
    G3: histories.size,
    G4: [...histories.values()].reduce((sum, history) => sum + history.length, 0),
    G5: histories.size + count('ReplayRequested'),
    G6: rows?.size ?? 0,
    G7: answered.length,
    G8: count('ProcessingStarted'),
    G10: count('ReplayRequested', 'EventDiscarded'),
  };
}

/** What happened to the events, as their histories tell. */
export function figuresOf({ acknowledged, histories }: Evidence): Counts['figures'] {
  const count = (...types: readonly TransitionType[]) => countTransitions(histories, types);
  return {
    events: histories.size,
    acknowledged: acknowledged.length,
    attempts: count('ProcessingStarted'),
    retries: count('RetryScheduled'),
    interruptions: count('ProcessingInterrupted'),
    'dead letters': count('EventDeadLettered'),
    replays: count('ReplayRequested'),
    discards: count('EventDiscarded'),
  };
}

const countTransitions = (histories: Evidence['histories'], types: readonly TransitionType[]) =>
  [...histories.values()].flat().filter(({ type }) => types.some((each) => each === type)).length;
