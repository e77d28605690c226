import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import type { ReadModel } from '../read-model.ts';
import { type StatisticsLimits, statisticsLimits } from './count-facts.ts';
import { createStatisticsTables } from './create-tables.ts';
import { type Fact, factOf } from './fact.ts';
import { writeStatistics } from './write.ts';

/** Counts and durations by minute, hour and day: what happened to events of each type, and how attempts failed. */
export const createStatistics = (limits: StatisticsLimits = statisticsLimits): ReadModel<Fact | null> => ({
  name: 'statistics',
  version: 1,
  streamPrefixes: [EVENT_STREAM_PREFIX],
  tables: ['event_statistics', 'failure_statistics', 'statistics_open_events', 'statistics_progress'],
  createTables: createStatisticsTables,
  // Its rows are sums, which one transition passed over would leave wrong permanently. What cannot be read is not counted.
  isNeverRefused: true,
  // In half a second most events end, and then leave nothing behind but counts.
  batching: { fullBatch: 5_000, intervalMs: 500 },
  decode: factOf,
  // An event that has ended is remembered no longer, and may be replayed or discarded years later.
  needsFirstOf: ['ReplayRequested', 'EventDiscarded'],
  async write(to, decoded) {
    await writeStatistics(to, decoded, limits);
    return [];
  },
});

export const statistics = createStatistics();
