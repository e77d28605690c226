import type { PlanStep } from './state.ts';
import type { TransitionData } from './transitions.ts';

/** Why the domain refuses a command. Expected, so a value and not an exception; nothing was changed. */
export type ReplayPlanRejection =
  | { readonly code: 'replay-plan-not-found' }
  /** Nothing would be done. */
  | {
      readonly code: 'replay-plan-empty';
      readonly blocked: TransitionData<'ReplayPlanRequested'>['blocked'];
      readonly missing: number;
    }
  | { readonly code: 'replay-plan-too-large'; readonly mostEvents: number }
  /** Where the plan is, this cannot be asked for. */
  | { readonly code: 'replay-plan-step-refused'; readonly step: PlanStep }
  /** None of its members is what it was when the set was frozen. */
  | { readonly code: 'replay-plan-set-gone'; readonly size: number }
  /** An event belongs to one plan under way. */
  | { readonly code: 'replay-plan-overlaps'; readonly planId: string; readonly events: number };
