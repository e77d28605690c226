import { type BucketName, bucketMs } from './table.ts';

/** Buckets of one answer, and how many there are where no beginning is given. */
export const MOST_BUCKETS = 180;
export const USUAL_BUCKETS = 60;

/** Whole buckets. RFC 3339. */
export interface StatisticsWindow {
  readonly bucket: BucketName;
  readonly since: string;
  /** Exclusive. */
  readonly until: string;
}

/**
 * The buckets from the one that `since` is in to the one that `until` is in; `null` where they are too many, or where the end
 * comes before the beginning. In milliseconds since 1970.
 */
export function windowOf(
  bucket: BucketName,
  { since, until }: { readonly since: number | null; readonly until: number },
): StatisticsWindow | null {
  const length = bucketMs[bucket];
  const last = Math.floor(until / length);
  const first = since === null ? Math.max(0, last - USUAL_BUCKETS + 1) : Math.floor(since / length);
  if (last < first || last - first >= MOST_BUCKETS) return null;
  const moment = (buckets: number) => new Date(buckets * length).toISOString();
  return { bucket, since: moment(first), until: moment(last + 1) };
}
