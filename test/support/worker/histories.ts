import { decodeTransition } from '../../../src/application/decode-transition.ts';
import { isUnbroken } from '../../../src/application/envelope.ts';
import { streamOf } from '../../../src/application/event-identity.ts';
import type { EventReader } from '../../../src/application/ports/event-log.ts';
import { type EventState, fold } from '../../../src/domain/event/state.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';

export type Histories = ReadonlyMap<string, readonly Transition[]>;

/** @throws when a history's hash chain is broken, or an id is used twice, which no log is sure to take. */
export async function readHistories(
  log: Pick<EventReader, 'readStream'>,
  eventIds: readonly string[],
): Promise<Histories> {
  const histories = new Map<string, readonly Transition[]>();
  for (const eventId of eventIds) {
    const history = await log.readStream(streamOf(eventId));
    if (!isUnbroken(history)) throw new Error(`The hash chain of ${eventId} is broken`);
    if (new Set(history.map(({ id }) => id)).size < history.length) throw new Error(`An id is twice in ${eventId}`);
    histories.set(eventId, history.map(decodeTransition));
  }
  return histories;
}

const ends = ['PROCESSED', 'DEAD', 'DISCARDED'];
export const isAtAnEnd = (state: EventState | null) => state !== null && ends.includes(state.status);

/** What is promised of every history, whatever happens to the processes; a sentence for each breach. */
export function breaches(histories: Histories, maxAttempts: number): string[] {
  return [...histories].flatMap(([eventId, history]) => {
    const starts = history.flatMap(({ type, data }) => (type === 'ProcessingStarted' ? [data] : []));
    const state = fold(history);
    const endings = history.flatMap((transition) =>
      transition.type === 'ProcessingSucceeded' || transition.type === 'EventDeadLettered'
        ? [transition.data.generation]
        : [],
    );
    const runs = starts.map(({ generation, attempt }) => `${generation}:${attempt}`);
    return [
      // Folding throws on an illegal step.
      ...(isAtAnEnd(state) ? [] : [`is ${state?.status}`]),
      ...(new Set(runs).size === runs.length ? [] : [`starts an attempt twice: ${runs.join(' ')}`]),
      ...(new Set(endings).size === endings.length ? [] : [`ends a generation twice: ${endings.join(' ')}`]),
      ...(starts.every(({ attempt }) => attempt <= maxAttempts) ? [] : [`has more than ${maxAttempts} attempts`]),
    ].map((breach) => `${eventId} ${breach}`);
  });
}
