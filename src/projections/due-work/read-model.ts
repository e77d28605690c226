import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import type { ReadModel } from '../read-model.ts';
import { createDueWorkIndexes, createDueWorkTables } from './create-tables.ts';
import { foldDueWork } from './project.ts';
import { writeDueWork } from './write.ts';

/** One row for each event to which something is still to happen by itself: what the sweep goes by. */
export const dueWork: ReadModel<null> = {
  name: 'due-work',
  version: 1,
  streamPrefixes: [EVENT_STREAM_PREFIX],
  tables: ['due_work'],
  createTables: createDueWorkTables,
  createIndexes: createDueWorkIndexes,
  // The sweep's own, and by when the row was written.
  notFromLog: { due_work: ['kind', 'ask_at', 'asks'] },
  isNeverRefused: true,
  // A little more often than the sweep looks. Most events end within one batch, and come to no row at all.
  batching: { fullBatch: 5_000, intervalMs: 200 },
  // Most transitions are followed by others of their event within the batch, and need not be read at all.
  decode: () => null,
  async write(to, decoded) {
    await writeDueWork(to, foldDueWork(decoded.map(({ recorded }) => recorded)));
    // A row holds all that it needs, whatever was there before.
    return [];
  },
};
