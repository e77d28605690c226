import { decodeEventTransition } from '../../application/event-history.ts';
import { EVENT_STREAM_PREFIX, streamOf } from '../../application/event-identity.ts';
import type { Transition } from '../../domain/event/transitions.ts';
import type { ReadModel } from '../read-model.ts';
import { foldByEvent } from './project.ts';
import { writeEvents } from './write.ts';

/** One row for each event: what clients and operators search. */
export const events: ReadModel<Transition> = {
  name: 'events',
  streamPrefixes: [EVENT_STREAM_PREFIX],
  decode: decodeEventTransition,
  write: async (transaction, decoded, options) =>
    (await writeEvents(transaction, foldByEvent(decoded), options)).map(streamOf),
};
