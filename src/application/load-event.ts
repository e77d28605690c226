import { type EventState, evolve } from '../domain/event/state.ts';
import { decodeTransition } from './decode-transition.ts';
import { FIRST_PREV_HASH, hashOf } from './envelope.ts';
import type { EventReader, RecordedTransition } from './ports/event-log.ts';
import { readHistory } from './read-history.ts';

/** An event's state and the end of its history: all that is needed to append the next transition. Plain JSON. */
export interface LoadedEvent {
  readonly state: EventState | null;
  /** Of the last transition; -1 when there is none. */
  readonly revision: number;
  readonly headId: string | null;
  readonly headHash: string;
  /** When the event was received; `null` when there is no history. */
  readonly receivedAt: string | null;
}

export const unheardOf: LoadedEvent = {
  state: null,
  revision: -1,
  headId: null,
  headHash: FIRST_PREV_HASH,
  receivedAt: null,
};

/** @throws {UndecodableTransition} @throws {IllegalTransition} when the history is damaged. */
export function advance(loaded: LoadedEvent, recorded: RecordedTransition): LoadedEvent {
  return {
    state: evolve(loaded.state, decodeTransition(recorded)),
    revision: Number(recorded.revision),
    headId: recorded.id,
    headHash: hashOf(recorded),
    receivedAt: loaded.receivedAt ?? recorded.recordedAt,
  };
}

/** The event as its stream has it. @throws {LogUnavailable} {HistoryBroken} and as {@link advance}. */
export async function loadEvent(log: Pick<EventReader, 'readStream'>, stream: string): Promise<LoadedEvent> {
  return (await readHistory(log, stream)).reduce(advance, unheardOf);
}
