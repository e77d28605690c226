import { decodeEventTransition } from '../../application/event-history.ts';
import { EVENT_STREAM_PREFIX, streamOf } from '../../application/event-identity.ts';
import type { Transition } from '../../domain/event/transitions.ts';
import type { ReadModel } from '../read-model.ts';
import { createEventsIndexes, createEventsTables } from './create-tables.ts';
import { foldByEvent } from './project.ts';
import { writeEvents } from './write.ts';

/** One row for each event: what clients and operators search. */
export const events: ReadModel<Transition> = {
  name: 'events',
  version: 1,
  streamPrefixes: [EVENT_STREAM_PREFIX],
  tables: ['events'],
  createTables: createEventsTables,
  createIndexes: createEventsIndexes,
  views: ['dead_letters'],
  decode: decodeEventTransition,
  write: async (to, decoded, options) => (await writeEvents(to, foldByEvent(decoded), options)).map(streamOf),
};
