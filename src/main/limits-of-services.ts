import type { LeasedLimits } from '../application/while-leased.ts';
import type { PoisonLimits } from '../domain/event/suspicion.ts';
import type { Batching } from '../projections/read-model.ts';
import type { RepairLimits } from '../projections/repair-rows.ts';
import type { DeadlineLimits } from '../worker/deadlines.ts';
import type { DispatcherLimits } from '../worker/dispatcher.ts';
import type { IsolationLimits } from '../worker/isolation/isolation-limits.ts';
import type { PlanRunnerLimits } from '../worker/replay-plans/plan-runner.ts';
import type { SweepLimits } from '../worker/sweep/limits.ts';
import type { WorkerLimits } from '../worker/worker.ts';
import type { FollowingLimits } from './follow-log.ts';
import type { RebuildingLimits } from './rebuilding.ts';

/**
 * Caps, pages, pauses and timeouts of the services that are to be others than the usual ones, by what they belong to.
 * Nothing in production sets any; the simulation runs each of them also at 1, 2 and 3, because what goes wrong at a cap
 * is only found by those who reach it.
 */
export interface LimitsOfServices {
  readonly deadlines?: Partial<DeadlineLimits>;
  readonly dispatcher?: Partial<DispatcherLimits>;
  readonly following?: Partial<FollowingLimits>;
  readonly isolation?: Partial<IsolationLimits>;
  readonly leased?: Partial<LeasedLimits>;
  readonly plans?: Partial<PlanRunnerLimits>;
  readonly projecting?: Partial<Batching>;
  readonly rebuilding?: RebuildingLimits;
  readonly repair?: Partial<RepairLimits>;
  readonly sweep?: Partial<SweepLimits>;
  readonly worker?: Partial<WorkerLimits>;
  readonly poison?: Partial<PoisonLimits>;
}
