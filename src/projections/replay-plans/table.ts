import type { ColumnType } from 'kysely';
import type { ReplayPlanState } from '../../domain/replay-plan/state.ts';

/** One row for each plan: the fold of its stream, and the outcomes of its members. */
export interface ReplayPlansTable {
  id: string;
  created_at: ColumnType<Date, string, string>;
  step: string;
  state: ColumnType<ReplayPlanState, string, string>;
  waiting: number;
  replayed: number;
  done: number;
  dead: number;
  skipped: number;
  /** Of the last transition of the plan's stream that the row contains. */
  revision: string;
}

/** `replayed`: and not at an end yet. `done`: processed, or discarded. */
export const memberOutcomes = ['waiting', 'replayed', 'done', 'dead', 'skipped'] as const;
export type MemberOutcome = (typeof memberOutcomes)[number];

export interface ReplayPlanMembersTable {
  plan_id: string;
  number: number;
  event_id: string;
  /** As they were when the set was frozen. */
  revision: string;
  generation: number;
  outcome: MemberOutcome;
  /** Why it was skipped, or what it failed with last since it was replayed. */
  why: string | null;
}
