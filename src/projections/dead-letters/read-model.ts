import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import type { ReadModel } from '../read-model.ts';
import { createDeadLettersIndexes, createDeadLettersTables } from './create-tables.ts';
import { type Fact, factOf } from './fact.ts';
import { writeDeadLetters } from './write.ts';

/** One row for each dead letter, for as long as it is one: what operators search by, which the rows of all events lack. */
export const deadLetters: ReadModel<Fact | null> = {
  name: 'dead-letters',
  version: 1,
  streamPrefixes: [EVENT_STREAM_PREFIX],
  types: ['ProcessingFailed', 'RetryScheduled', 'EventDeadLettered', 'ReplayRequested', 'EventDiscarded'],
  needsFirstOf: ['EventDeadLettered'],
  tables: ['dead_events', 'undecided_failures'],
  createTables: createDeadLettersTables,
  createIndexes: createDeadLettersIndexes,
  isNeverRefused: true,
  batching: { fullBatch: 5_000, intervalMs: 200 },
  decode: factOf,
  async write(to, decoded) {
    await writeDeadLetters(to, decoded);
    return [];
  },
};
