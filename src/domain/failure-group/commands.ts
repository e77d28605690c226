import type { Explanation, TransitionData } from './transitions.ts';

/** What the group is of: recorded with the first thing that is recorded about it. */
interface ToGroup {
  readonly of: TransitionData<'FailureGroupOpened'>;
}

interface Asked extends ToGroup {
  readonly requestedBy: string;
}

export interface ResolveFailureGroup extends Asked {
  readonly kind: 'ResolveFailureGroup';
  readonly note: string;
  readonly handlerVersion: string | null;
}

export interface MergeFailureGroup extends Asked {
  readonly kind: 'MergeFailureGroup';
  /** This group, for a merge with itself is none. */
  readonly id: string;
  readonly into: string;
  /** What the other group is merged into, and so on: a merge must not lead back. */
  readonly beyond: readonly string[];
  readonly reason: string;
}

export interface SplitFailureGroup extends Asked {
  readonly kind: 'SplitFailureGroup';
  readonly containing: string;
  readonly splitOff: string;
  readonly reason: string;
}

export interface UndoFailureGroupAct extends Asked {
  readonly kind: 'UndoFailureGroupAct';
  readonly undone: number;
  readonly reason: string;
}

export interface RequestExplanation extends Asked {
  readonly kind: 'RequestExplanation';
  readonly eventId: string;
  readonly now: string;
}

export interface ExplainFailure extends ToGroup {
  readonly kind: 'ExplainFailure';
  readonly explanation: Explanation;
}

export type FailureGroupCommand =
  | ResolveFailureGroup
  | MergeFailureGroup
  | SplitFailureGroup
  | UndoFailureGroupAct
  | RequestExplanation
  | ExplainFailure;
