import type { Aggregate, AnyCommand, AnyTransition } from '../domain/aggregate.ts';
import { decodeTransition } from './decode-transition.ts';
import { FIRST_PREV_HASH, hashOf, traceparentOf } from './envelope.ts';
import type { EventReader, RecordedTransition } from './ports/event-log.ts';
import { readHistory } from './read-history.ts';

/** A state and the end of its history: all that is needed to append the next transition. Plain JSON. */
export interface Loaded<State> {
  readonly state: State | null;
  /** Of the last transition; -1 when there is none. */
  readonly revision: number;
  readonly headId: string | null;
  readonly headHash: string;
  /** When the first transition was recorded; `null` when there is none. */
  readonly createdAt: string | null;
  /** Of the last transition that has one, and so of all that follows until something brings another. W3C trace context. */
  readonly traceparent: string | null;
  /** Of the first transition that has one: of the request that the history began with. */
  readonly firstTraceparent: string | null;
}

/** Of what was never heard of. */
export const noHistory: Loaded<never> = {
  state: null,
  revision: -1,
  headId: null,
  headHash: FIRST_PREV_HASH,
  createdAt: null,
  traceparent: null,
  firstTraceparent: null,
};

type Evolving<State, Transition extends AnyTransition> = Aggregate<State, AnyCommand, Transition, unknown>;

/** @throws {UndecodableTransition} @throws whatever `evolve` throws when the history is damaged. */
export function advance<State, Transition extends AnyTransition>(
  aggregate: Evolving<State, Transition>,
  loaded: Loaded<State>,
  recorded: RecordedTransition,
): Loaded<State> {
  const traceparent = traceparentOf(recorded) ?? loaded.traceparent;
  return {
    state: aggregate.evolve(loaded.state, decodeTransition(aggregate, recorded)),
    revision: Number(recorded.revision),
    headId: recorded.id,
    headHash: hashOf(recorded),
    createdAt: loaded.createdAt ?? recorded.recordedAt,
    traceparent,
    firstTraceparent: loaded.firstTraceparent ?? traceparent,
  };
}

/** What a whole history adds up to. @throws as {@link advance}. */
export const foldHistory = <State, Transition extends AnyTransition>(
  aggregate: Evolving<State, Transition>,
  history: readonly RecordedTransition[],
): Loaded<State> =>
  history.reduce<Loaded<State>>((loaded, recorded) => advance(aggregate, loaded, recorded), noHistory);

/** As its stream has it. @throws {LogUnavailable} {HistoryBroken} and as {@link advance}. */
export const load = async <State, Transition extends AnyTransition>(
  aggregate: Evolving<State, Transition>,
  log: Pick<EventReader, 'readStream'>,
  id: string,
): Promise<Loaded<State>> => foldHistory(aggregate, await readHistory(log, aggregate.streamPrefix + id));
