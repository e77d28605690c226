import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import type { ReadModel } from '../read-model.ts';
import { foldByEvent } from './project.ts';
import { writeEvents } from './write.ts';

/** One row for each event: what clients and operators search, and what the sweep for due work asks. */
export const events: ReadModel = {
  name: 'events',
  streamPrefix: EVENT_STREAM_PREFIX,
  write: (transaction, decoded, options) => writeEvents(transaction, foldByEvent(decoded), options),
};
