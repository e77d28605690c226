import type { Checkpoint } from './event-log.ts';

/** In the log: after a checkpoint, and of what follows it after a position. */
export interface LogPlace {
  readonly after: Checkpoint | null;
  /** Of the last transition that was passed or taken. */
  readonly position: bigint;
}

/** A run of consecutive transitions in the log, and the times that they say they were recorded at. */
export interface LogSegment {
  readonly from: LogPlace;
  readonly to: { readonly after: Checkpoint; readonly position: bigint };
  /** Of the audit tree: leaves of what is before the segment, and of what is in it. */
  readonly leavesBefore: number;
  readonly leaves: number;
  /** RFC 3339 in UTC with milliseconds. */
  readonly earliest: string;
  readonly latest: string;
}

/** Times that are asked for: at or after `since`, before `until`. */
export interface TimeRange {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Where to begin reading. All are `null` where no segment is known. @throws {ReadDatabaseUnavailable} */
export interface LogSegmentsReader {
  /** The first segment that does not end at or before `position` and that may hold a transition of these times. */
  firstOverlapping(times: TimeRange, position: bigint): Promise<LogSegment | null>;
  /** The first segment that does not end at or before `position` and that can hold no transition of these times. */
  firstWithout(times: TimeRange, position: bigint): Promise<LogSegment | null>;
  /** The last segment that ends at or before `position` and that may hold a transition of these times. */
  lastOverlapping(times: TimeRange, position: bigint): Promise<LogSegment | null>;
  /** The segment with this leaf of the audit tree. */
  withLeaf(leaf: number): Promise<LogSegment | null>;
  /** The last segment of all. */
  last(): Promise<LogSegment | null>;
}

/** The segments follow each other without a gap from the beginning of the log. All of them can be computed again from it. */
export interface LogSegments extends LogSegmentsReader {
  /** @throws {ConcurrencyConflict} another process has added one there. @throws {ReadDatabaseUnavailable} */
  add(segment: LogSegment): Promise<void>;
  /** @throws {ReadDatabaseUnavailable} */
  clear(): Promise<void>;
}
