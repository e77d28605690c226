import type { Database } from './database.ts';
import type { LogRecord } from './record.ts';
import { NO_STREAM, TOMBSTONE_REVISION } from './stream-index.ts';
import { SOFT_DELETED } from './stream-metadata.ts';

export type StreamPage =
  | {
      readonly kind: 'page';
      readonly records: readonly LogRecord[];
      /** Where the next page begins, which also tells where the stream's readable part does. */
      readonly next: number;
      readonly last: number;
      readonly isEnd: boolean;
    }
  | { readonly kind: 'no-stream' }
  | { readonly kind: 'deleted' }
  /** EventStoreDB's word for a request that makes no sense. */
  | { readonly kind: 'error' };

interface StreamRange {
  readonly stream: string;
  /** -1: the end. */
  readonly from: number;
  readonly maxCount: number;
}

/** One page, and where EventStoreDB's index reader would go on from it. */
export function readStreamForwards(database: Database, { stream, from, maxCount }: StreamRange): StreamPage {
  if (from < 0 || maxCount < 1) return { kind: 'error' };
  const bounds = boundsOf(database, stream);
  if (typeof bounds === 'string') return { kind: bounds };
  const { first, last } = bounds;
  const to = from + maxCount - 1;
  if (to < first) return { kind: 'page', records: [], next: first, last, isEnd: false };
  const start = Math.max(from, first);
  if (start > last) return { kind: 'page', records: [], next: last + 1, last, isEnd: true };
  const records: LogRecord[] = [];
  for (let revision = start; revision <= Math.min(to, last); revision += 1) take(database, stream, revision, records);
  return { kind: 'page', records, next: Math.min(to, last) + 1, last, isEnd: to >= last };
}

export function readStreamBackwards(database: Database, { stream, from, maxCount }: StreamRange): StreamPage {
  if (maxCount < 1) return { kind: 'error' };
  const bounds = boundsOf(database, stream);
  if (typeof bounds === 'string') return { kind: bounds };
  const { first, last } = bounds;
  const start = from < 0 ? last : from;
  if (start < first) return { kind: 'page', records: [], next: -1, last, isEnd: true };
  const to = Math.max(first, start - maxCount + 1);
  const records: LogRecord[] = [];
  for (let revision = Math.min(start, last); revision >= to; revision -= 1) take(database, stream, revision, records);
  const isEnd = to === first;
  return { kind: 'page', records, next: isEnd ? -1 : Math.min(to - 1, last), last, isEnd };
}

function boundsOf(database: Database, stream: string) {
  const last = database.lastReadableRevision(stream);
  if (last === TOMBSTONE_REVISION) return 'deleted';
  if (last === NO_STREAM || database.metadataOf(stream).truncateBefore === SOFT_DELETED) return 'no-stream';
  return { first: database.firstReadableRevision(stream), last };
}

function take(database: Database, stream: string, revision: number, into: LogRecord[]): void {
  const record = database.recordOf(stream, revision);
  if (record) into.push(record);
}
