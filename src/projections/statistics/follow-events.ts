import type { Fact } from './fact.ts';

/** What the transitions of an event that has not ended go by. */
export interface OpenEvent {
  readonly type: string;
  /** When its generation began: milliseconds since 1970. */
  readonly beganAt: number;
}

/** A fact with the type of its event. */
export interface TypedFact extends Omit<Fact, 'type'> {
  readonly type: string;
  /** From the beginning of the generation to its end; `null` of a fact that is no end. */
  readonly endToEndMs: number | null;
}

/** A fact, and what the first transition of its stream said: `null` where that is not asked for, or not counted. */
export interface GivenFact {
  readonly fact: Fact;
  readonly first: Fact | null;
}

export interface Followed {
  readonly facts: readonly TypedFact[];
  /** What is open now of the events that the facts are of; `null` of those that have ended. */
  readonly changed: ReadonlyMap<string, OpenEvent | null>;
}

/**
 * Says of each fact which type it is of and how long a generation took. Facts are in the log's order. An event is open from its
 * receipt, or its replay, to its end. Facts of an event that is not open are left out: its receipt was not counted, either.
 */
export function followEvents(given: readonly GivenFact[], openBefore: ReadonlyMap<string, OpenEvent>): Followed {
  const facts: TypedFact[] = [];
  const changed = new Map<string, OpenEvent | null>();
  const openNow = (eventId: string) => {
    const known = changed.get(eventId);
    return known === undefined ? (openBefore.get(eventId) ?? null) : known;
  };
  for (const { fact, first } of given) {
    const { eventId, counted, at } = fact;
    const begun = beginningOf(fact, first);
    if (begun !== null) changed.set(eventId, begun);
    const open = openNow(eventId);
    const type = open?.type ?? (counted === 'discarded' ? first?.type : null);
    if (typeof type !== 'string') continue;
    const isEnd = counted === 'processed' || counted === 'dead';
    facts.push({ ...fact, type, endToEndMs: isEnd && open !== null ? Math.max(0, at - open.beganAt) : null });
    if (isEnd) changed.set(eventId, null);
  }
  return { facts, changed };
}

function beginningOf({ counted, type, at }: Fact, first: Fact | null): OpenEvent | null {
  const typeNow = counted === 'received' ? type : counted === 'replayed' ? (first?.type ?? null) : null;
  return typeNow === null ? null : { type: typeNow, beganAt: at };
}
