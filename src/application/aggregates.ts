import type { AnyAggregate } from '../domain/aggregate.ts';
import { apiKeyAggregate } from '../domain/api-key/aggregate.ts';
import { auditTreeAggregate } from '../domain/audit-tree/aggregate.ts';
import { eventAggregate } from '../domain/event/aggregate.ts';
import { eventTypeAggregate } from '../domain/event-type/aggregate.ts';
import { failureGroupAggregate } from '../domain/failure-group/aggregate.ts';
import { rebuildAggregate } from '../domain/rebuild/aggregate.ts';
import { replayPlanAggregate } from '../domain/replay-plan/aggregate.ts';
import { rowRepairAggregate } from '../domain/row-repair/aggregate.ts';

/** THE LIST: everything that has a history in the log. */
export const aggregates = [
  eventAggregate,
  apiKeyAggregate,
  auditTreeAggregate,
  failureGroupAggregate,
  rebuildAggregate,
  replayPlanAggregate,
  rowRepairAggregate,
  eventTypeAggregate,
] as const satisfies readonly AnyAggregate[];
