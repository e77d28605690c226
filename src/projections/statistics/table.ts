import type { ColumnType } from 'kysely';

/** THE LIST: what is counted, each of them a column. */
export const countedNames = [
  'received',
  'started',
  'processed',
  'failed',
  'interrupted',
  'retried',
  'dead',
  'replayed',
  'discarded',
] as const;
export type Counted = (typeof countedNames)[number];

/** How long a bucket is, in milliseconds. */
export const bucketMs = { '1m': 60_000, '1h': 3_600_000, '1d': 86_400_000 } as const;
export type BucketName = keyof typeof bucketMs;
export const bucketNames = Object.keys(bucketMs) as readonly BucketName[];

/** The name of all types, or kinds of failures, beyond those that a bucket distinguishes. No real one is empty. */
export const OTHERS = '';

type Moment = ColumnType<Date, string, string>;

/** What happened to events of one type in one minute, hour or day of UTC. */
export interface EventStatisticsTable extends Record<Counted, string> {
  bucket: BucketName;
  started_at: Moment;
  type: string;
  /** Histograms: counts by class. */
  attempt_ms: Readonly<Record<string, number>>;
  end_to_end_ms: Readonly<Record<string, number>>;
}

/** How often attempts failed in one way in one minute, hour or day. */
export interface FailureStatisticsTable {
  bucket: BucketName;
  started_at: Moment;
  class: string;
  fingerprint: string;
  failures: string;
}

/** Of each event that has not ended: what its later transitions do not say. */
export interface StatisticsOpenEventsTable {
  id: string;
  type: string;
  /** When its generation began: its receipt, or the last replay. */
  began_at: Moment;
}

/** Up to where the log is counted. One row. */
export interface StatisticsProgressTable {
  is_only: boolean;
  position: string;
}
