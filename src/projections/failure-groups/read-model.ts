import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import { FAILURE_GROUP_STREAM_PREFIX } from '../../application/failure-groups/identity.ts';
import type { ReadModel } from '../read-model.ts';
import { createFailureGroupsIndexes, createFailureGroupsTables } from './create-tables.ts';
import { type Fact, factOf, factTypes } from './fact.ts';
import { writeFailureGroups } from './write.ts';

/** Failures by handler and fingerprint: how often, since when, what was done about them, and what replays came to. */
export const failureGroups: ReadModel<Fact | null> = {
  name: 'failure-groups',
  version: 1,
  streamPrefixes: [EVENT_STREAM_PREFIX, FAILURE_GROUP_STREAM_PREFIX],
  types: factTypes,
  tables: [
    ...['failure_groups', 'failure_group_events', 'failed_events', 'failure_group_acts'],
    'failure_groups_progress',
  ],
  createTables: createFailureGroupsTables,
  createIndexes: createFailureGroupsIndexes,
  // Batches without a failure leave it where it is, and two copies are not written in the same batches.
  notFromLog: { failure_groups_progress: ['position'] },
  // Its rows are sums, which one transition passed over would leave wrong permanently. What cannot be read is not counted.
  isNeverRefused: true,
  batching: { fullBatch: 5_000, intervalMs: 500 },
  decode: factOf,
  async write(to, decoded) {
    await writeFailureGroups(to, decoded);
    return [];
  },
};
