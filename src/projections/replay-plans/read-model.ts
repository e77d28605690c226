import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import { replayPlanAggregate } from '../../domain/replay-plan/aggregate.ts';
import type { ReadModel } from '../read-model.ts';
import { createReplayPlansIndexes, createReplayPlansTables } from './create-tables.ts';
import { type Fact, factOf, factTypes } from './fact.ts';
import { writeReplayPlans } from './write.ts';

/** Replay plans with their members, and the outcome of each of them. */
export const replayPlans: ReadModel<Fact | null> = {
  name: 'replay-plans',
  version: 1,
  streamPrefixes: [EVENT_STREAM_PREFIX, replayPlanAggregate.streamPrefix],
  types: factTypes,
  tables: ['replay_plans', 'replay_plan_members'],
  createTables: createReplayPlansTables,
  createIndexes: createReplayPlansIndexes,
  isNeverRefused: true,
  // A plan that runs waits for these rows, to see the outcomes of its members.
  batching: { fullBatch: 5_000, intervalMs: 100 },
  decode: factOf,
  async write(to, decoded) {
    await writeReplayPlans(to, decoded);
    return [];
  },
};
