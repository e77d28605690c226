import type { ColumnType } from 'kysely';

type Moment = ColumnType<Date, string, string>;

/** One row for each fingerprint of a handler, and for each group that was split off; a merge points to another row. */
export interface FailureGroupsTable {
  id: string;
  /** The group that it is merged into by an act that is in force. */
  merged_into: string | null;
  /** The end of that chain: the group under which it is shown; its own id where it is merged into none. */
  root_id: string;
  handler: string | null;
  class: string;
  message: string;
  frames: readonly string[];
  fingerprint_version: number;
  containing: string | null;
  split_from: string | null;
  /** Those in force: what messages contain, and the group of such failures. */
  splits: readonly Split[];
  first_seen_at: Moment;
  last_seen_at: Moment;
  last_event_id: string | null;
  events: string;
  attempts: string;
  dead: string;
  handler_versions: readonly string[];
  replays_processed: string;
  replays_failed: string;
  resolution: Resolution | null;
  /** When it was seen again after it was resolved. */
  returned_at: ColumnType<Date | null, string | null, string | null>;
}

export interface Split {
  readonly containing: string;
  readonly id: string;
}

export interface Resolution {
  readonly act: number;
  readonly at: string;
  readonly by: string;
  readonly note: string;
  readonly handlerVersion: string | null;
  /** Versions that the group had been seen with by then. */
  readonly versionsBefore: readonly string[];
}

/** Which events each group has. */
export interface FailureGroupEventsTable {
  group_id: string;
  event_id: string;
}

/** What each event that ever failed goes by: the group of its last failure, and whether it is replayed because of one. */
export interface FailedEventsTable {
  event_id: string;
  group_id: string;
  is_dead: boolean;
  /** The group of the dead letter that was replayed, until that has come to something. */
  replay_of: string | null;
}

/** What operators did to groups. */
export interface FailureGroupActsTable {
  group_id: string;
  act: number;
  type: string;
  at: Moment;
  requested_by: string;
  /** The note or the reason; null where none is asked for. */
  reason: string | null;
  /** The other group of a merge or a split, or the event of a request. */
  other_id: string | null;
  containing: string | null;
  undoes: number | null;
  is_undone: boolean;
}

/** Up to which position of the log the sums go. */
export interface FailureGroupsProgressTable {
  is_only: ColumnType<true, true | undefined, true>;
  position: string;
}
