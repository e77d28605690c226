import type { PlanMember } from '../../domain/replay-plan/transitions.ts';

export interface NumberedMember extends PlanMember {
  /** From 0 on. */
  readonly number: number;
}

/** How many members there are of each kind. All of them together are the plan's size. */
export interface PlanProgress {
  /** Nothing was done with them, as far as the rows know. */
  readonly waiting: number;
  /** Replayed, and not at an end yet. */
  readonly replayed: number;
  /** Processed, or discarded. */
  readonly done: number;
  readonly dead: number;
  readonly skipped: number;
}

export interface FailedMember {
  readonly eventId: string;
  readonly error: string | null;
}

/**
 * What the rows say about replay plans. They follow the log: a plan that was started a moment ago may be missing, and what was
 * done with a member a moment ago, too.
 */
export interface PlanRows {
  /** The ids of plans that are running; none before the rows have been at the end of the log. @throws {ReadDatabaseUnavailable} */
  running(): Promise<readonly string[]>;
  /** `null` while not all members of the plan are there. @throws {ReadDatabaseUnavailable} */
  progress(planId: string): Promise<PlanProgress | null>;
  /** The number of the first member with which nothing was done; `null` when there is none. @throws {ReadDatabaseUnavailable} */
  firstWaiting(planId: string): Promise<number | null>;
  /** Members from this number on, in order. @throws {ReadDatabaseUnavailable} */
  members(planId: string, from: number, limit: number): Promise<readonly NumberedMember[]>;
  /** Members below this number that are dead letters again: how many, and the latest of them. @throws {ReadDatabaseUnavailable} */
  failed(
    planId: string,
    below: number,
    limit: number,
  ): Promise<{ readonly count: number; readonly latest: readonly FailedMember[] }>;
}
