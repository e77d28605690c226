import type { ReplayPlanState } from './state.ts';

/** After the canary each batch is so many times as large as the one before, from the first on. */
const FIRST_BATCH = 10;
const GROWTH = 5;

/** The outcomes of members so far. Those that were replayed and have not ended yet are the rest. */
export interface PlanOutcomes {
  /** Processed, or discarded. */
  readonly done: number;
  readonly dead: number;
  readonly skipped: number;
}

/** Members up to which a plan may go, before all of them have come to an end. `null`: beyond the ramp there is no gate. */
export function gateAfter(issued: number, canary: number, ratePerSecond: number): number | null {
  if (issued < canary) return canary;
  let gate = canary;
  for (let batch = FIRST_BATCH; batch < ratePerSecond; batch *= GROWTH) {
    gate += batch;
    if (issued < gate) return gate;
  }
  return null;
}

/** Whether the next member has to wait until all before it have come to an end. */
export const isAtGate = (issued: number, canary: number, ratePerSecond: number): boolean =>
  issued > 0 && gateAfter(issued - 1, canary, ratePerSecond) === issued;

/** Whether a plan must stop by itself, by what is beyond that which an operator has resumed after. */
export function isOverThreshold({ start, forgiven }: ReplayPlanState, { done, dead }: PlanOutcomes): boolean {
  if (start === null) return false;
  const failures = dead - forgiven.failures;
  const settled = done + dead - forgiven.settled;
  const { atLeast, share } = start.stopWhenFailed;
  return failures >= atLeast && failures >= share * settled;
}
