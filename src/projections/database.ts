import type { ColumnType, Generated, Kysely } from 'kysely';
import type { ReadonlyKysely } from 'kysely/readonly';
import type { AccessRecordsTable } from './access-records/table.ts';
import type { DeadEventsTable, UndecidedFailuresTable } from './dead-letters/table.ts';
import type { DueWorkTable } from './due-work/table.ts';
import type { EventsTable } from './events/table.ts';
import type { ExplanationsTable } from './explanations/table.ts';
import type {
  FailedEventsTable,
  FailureGroupActsTable,
  FailureGroupEventsTable,
  FailureGroupsProgressTable,
  FailureGroupsTable,
} from './failure-groups/table.ts';
import type { FailureTextsTable } from './failure-texts/table.ts';
import type { ReplayPlanMembersTable, ReplayPlansTable } from './replay-plans/table.ts';
import type { FailureVectorsTable } from './similar/table.ts';
import type { Slot } from './slots.ts';
import type {
  EventStatisticsTable,
  FailureStatisticsTable,
  StatisticsOpenEventsTable,
  StatisticsProgressTable,
} from './statistics/table.ts';

/** How far each subscriber of the log has come. */
export interface CheckpointsTable {
  subscriber: string;
  /** The log's own text. */
  checkpoint: string;
  /** Of the lease under which it was written; 0 where none is needed. */
  epoch: Generated<string>;
}

/** Whether each projection has been at the end of the log since its projector last began. */
export interface ProjectionStatesTable {
  subscriber: string;
  is_caught_up: boolean;
}

/** Transitions that a projection had to pass over. */
export interface ProjectionFailuresTable {
  subscriber: string;
  stream: string;
  revision: string;
  transition_id: string;
  type: string;
  /** For an operator; never holds the transition's data. */
  reason: string;
  failed_at: ColumnType<Date, string, string>;
  /** How often it was tried again since the event last moved on. */
  tries: Generated<number>;
  /** By the database's clock. */
  next_try_at: ColumnType<Date, string | undefined, string>;
}

/** Who does what only one process may do at a time. */
export interface LeasesTable {
  name: string;
  owner: string;
  /** Grows with each change of owner. */
  epoch: string;
  /** By the database's clock, the one clock that all processes share. */
  expires_at: Date;
}

/** What each process has counted lately. */
export interface SharedCountsTable {
  what: string;
  key: string;
  process: string;
  count: string;
  /** By the database's clock. */
  reported_at: Date;
}

/** When each API key was used last, to the hour. */
export interface ApiKeyUsesTable {
  key_id: string;
  used_at: ColumnType<Date, string, string>;
}

/** At most one row: what the cursors of lists are made with. */
export interface CursorKeyTable {
  is_only: Generated<true>;
  /** 32 random bytes in base64. */
  key: string;
}

/** Requests that were refused and that read payloads. Of no read model, because the log does not hold them. */
export interface AccessCountsTable {
  id: string;
  first_at: ColumnType<Date, string, string>;
  last_at: ColumnType<Date, string, string>;
  act: string;
  code: string | null;
  route: string | null;
  principal: string | null;
  client_id: string | null;
  address: string | null;
  requests: string;
  payloads: string;
  first_request_id: string;
  last_request_id: string;
}

/** How far the audit tree of each log goes. */
export interface AuditTreesTable {
  origin: string;
  /** A `TreeState`. */
  state: object;
}

/** Its tiles, each under the path of C2SP tlog-tiles. */
export interface AuditTilesTable {
  origin: string;
  path: string;
  bytes: Buffer;
}

/** Runs of transitions in the log, with the times that are in each. */
export interface LogSegmentsTable {
  from_checkpoint: string | null;
  from_position: string;
  to_checkpoint: string;
  to_position: string;
  leaves_before: string;
  leaves: string;
  /** As the transitions say them: RFC 3339 in UTC, compared byte by byte. */
  earliest: string;
  latest: string;
}

/** How many calls of models were made each day. */
export interface ExplainerCallsTable {
  /** In UTC, such as `2030-01-31`. */
  day: string;
  calls: number;
}

/** Each copy of a read model's rows that there is. */
export interface ProjectionCopiesTable {
  projection: string;
  /** Empty for the one that is read. */
  slot: string;
  version: number;
  /** By which it was filled; `null` where no operator asked for it. */
  rebuild_id: string | null;
}

/** How far the last rebuild of each read model is. */
export interface RebuildProgressTable {
  projection: string;
  rebuild_id: string;
  /** What is done currently. */
  work: string;
  /** The log's position up to which the copy is filled, and the log's end. */
  handled: string;
  head: string;
  /** How much of the log that is, in millionths. Never less than before, though the log grows. */
  share: number;
  transitions: string;
  rows_compared: string;
  /** Positions in a second. */
  rate: number;
  /** Why nothing moves, in words for an operator; `null` while something does. */
  waits_for: string | null;
  /** By the database's clock, as the next. */
  moved_at: Date;
  reported_at: Date;
}

/** Every table of the read database. */
export interface Database {
  access_counts: AccessCountsTable;
  access_records: AccessRecordsTable;
  api_key_uses: ApiKeyUsesTable;
  audit_tiles: AuditTilesTable;
  audit_trees: AuditTreesTable;
  checkpoints: CheckpointsTable;
  cursor_key: CursorKeyTable;
  dead_events: DeadEventsTable;
  due_work: DueWorkTable;
  event_statistics: EventStatisticsTable;
  events: EventsTable;
  explainer_calls: ExplainerCallsTable;
  explanations: ExplanationsTable;
  failed_events: FailedEventsTable;
  failure_group_acts: FailureGroupActsTable;
  failure_group_events: FailureGroupEventsTable;
  failure_groups: FailureGroupsTable;
  failure_groups_progress: FailureGroupsProgressTable;
  failure_texts: FailureTextsTable;
  failure_vectors: FailureVectorsTable;
  failure_statistics: FailureStatisticsTable;
  leases: LeasesTable;
  log_segments: LogSegmentsTable;
  projection_copies: ProjectionCopiesTable;
  projection_failures: ProjectionFailuresTable;
  projection_states: ProjectionStatesTable;
  rebuild_progress: RebuildProgressTable;
  replay_plan_members: ReplayPlanMembersTable;
  replay_plans: ReplayPlansTable;
  shared_counts: SharedCountsTable;
  statistics_open_events: StatisticsOpenEventsTable;
  statistics_progress: StatisticsProgressTable;
  undecided_failures: UndecidedFailuresTable;
}

/** What queries are given: it cannot write. */
export type ReadDatabase = ReadonlyKysely<Database>;

/**
 * The tables of a slot. Kysely's read-only type is not a supertype of the other one, so it takes an assertion, which is made here alone.
 */
export const readOnly = (db: Kysely<Database>, slot: Slot = null) =>
  (slot === null ? db : db.withSchema(slot)) as unknown as ReadDatabase;

/** What projectors are given. */
export type WritableDatabase = Kysely<Database>;
