import type { PlanProgress } from '../../application/ports/plan-rows.ts';
import { gateAfter, isAtGate, isOverThreshold } from '../../domain/replay-plan/pacing.ts';
import type { ReplayPlanState } from '../../domain/replay-plan/state.ts';

/** What a plan does next. */
export type NextStep =
  | { readonly kind: 'wait' }
  /** Up to so many members. */
  | { readonly kind: 'act'; readonly most: number }
  | { readonly kind: 'judge-canary' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'complete' };

/** Members that were replayed and have not come to an end yet: so many seconds of the rate at most, and never fewer. */
const SECONDS_UNDER_WAY = 2;
const LEAST_UNDER_WAY = 50;

/**
 * Decided by how many members were taken so far and what the rows say of their outcomes. Rows follow the log, so what is under way
 * is taken to be more than it is, never less. Pure.
 */
export function nextStep(
  state: ReplayPlanState,
  progress: PlanProgress,
  { issued, isCanaryPassed }: { readonly issued: number; readonly isCanaryPassed: boolean },
): NextStep {
  const { start, requested } = state;
  if (start === null) return { kind: 'wait' };
  const { canary, ratePerSecond } = start;
  const ended = progress.done + progress.dead + progress.skipped;
  const underWay = Math.max(0, issued - ended);
  if (isOverThreshold(state, progress)) return { kind: 'stop' };
  if (issued >= Math.min(canary.events, requested.size) && !isCanaryPassed && !state.isCanaryForgiven)
    return underWay > 0 ? { kind: 'wait' } : { kind: 'judge-canary' };
  if (issued >= requested.size) return underWay > 0 ? { kind: 'wait' } : { kind: 'complete' };
  if (isAtGate(issued, canary.events, ratePerSecond) && underWay > 0) return { kind: 'wait' };
  const gate = gateAfter(issued, canary.events, ratePerSecond) ?? requested.size;
  const room = Math.max(LEAST_UNDER_WAY, SECONDS_UNDER_WAY * ratePerSecond) - underWay;
  const most = Math.min(gate, requested.size) - issued;
  return room > 0 ? { kind: 'act', most: Math.min(most, room) } : { kind: 'wait' };
}
