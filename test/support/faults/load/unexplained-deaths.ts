import { decodeEventTransition } from '../../../../src/application/event-history.ts';
import type { RecordedTransition } from '../../../../src/application/ports/event-log.ts';
import { mayDie } from './fates.ts';

/** The dead letters that no handler's failure explains: good events that poison or its retries took along. */
export const unexplainedDeaths = (histories: ReadonlyMap<string, readonly RecordedTransition[]>): readonly string[] =>
  [...histories].flatMap(([eventId, history]) => {
    const transitions = history.map(decodeEventTransition);
    const [first] = transitions;
    if (first?.type !== 'EventReceived' || mayDie(first.data.type)) return [];
    const deaths = transitions.flatMap(({ type, data }) => (type === 'EventDeadLettered' ? [data.reason] : []));
    return deaths.map((reason) => `${eventId}: ${reason}`);
  });
