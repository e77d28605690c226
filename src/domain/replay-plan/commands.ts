import type { PlanMember, TransitionData } from './transitions.ts';

/** RFC 3339 in UTC with milliseconds, as all times here. */
interface Timed {
  readonly now: string;
}
interface OfOperator extends Timed {
  readonly requestedBy: string;
}

/** Freezes a set: the exact events are known by then. */
export interface RequestPlan extends OfOperator {
  readonly kind: 'RequestPlan';
  readonly plan: Omit<TransitionData<'ReplayPlanRequested'>, 'requestedAt' | 'requestedBy'>;
  readonly mostEvents: number;
}

export interface AddMembers extends Timed {
  readonly kind: 'AddMembers';
  readonly first: number;
  readonly members: readonly PlanMember[];
}

export interface StartPlan extends OfOperator {
  readonly kind: 'StartPlan';
  readonly start: Omit<TransitionData<'ReplayPlanStarted'>, 'requestedAt' | 'requestedBy'>;
  /** Members that are still what they were. */
  readonly left: number;
  /** Another plan under way that has some of the members; `null` where there is none. */
  readonly overlap: { readonly planId: string; readonly events: number } | null;
}

export interface OperatePlan extends OfOperator {
  readonly kind: 'PausePlan' | 'ResumePlan' | 'AbortPlan';
  readonly reason: string;
}

/** What the process that carries a plan out has done or found. */
export type RecordOfPlan =
  | (Timed & { readonly kind: 'RecordFrozen' })
  | (Timed & {
      readonly kind: 'RecordSkipped';
      readonly members: TransitionData<'ReplayPlanMembersSkipped'>['members'];
    })
  | (Timed & { readonly kind: 'RecordStopped'; readonly stop: Omit<TransitionData<'ReplayPlanStopped'>, 'stoppedAt'> })
  | (Timed & {
      readonly kind: 'RecordCompleted';
      readonly result: Omit<TransitionData<'ReplayPlanCompleted'>, 'completedAt'>;
    });

export type ReplayPlanCommand = RequestPlan | AddMembers | StartPlan | OperatePlan | RecordOfPlan;
