import type { LogRecord } from './record.ts';

/** Where a stream's events are: the event of revision `n` is at `positions[n]`. */
export interface StreamEntry {
  readonly positions: number[];
  /** Set once the stream is gone permanently. */
  tombstone: number | undefined;
}

/** The revision of a tombstone, and of a stream that has one. What clients get is no exact number here. */
export const TOMBSTONE_REVISION = Number.MAX_SAFE_INTEGER;
export const TOLD_TOMBSTONE_REVISION = 2n ** 63n - 1n;
export const NO_STREAM = -1;

export const isMetastream = (stream: string) => stream.startsWith('$$');
export const metastreamOf = (stream: string) => `$$${stream}`;
export const originalOf = (metastream: string) => metastream.slice(2);

/** In memory: about 100 bytes per stream and 8 per event. */
export class StreamIndex {
  readonly #entries = new Map<string, StreamEntry>();

  get(stream: string): StreamEntry | undefined {
    return this.#entries.get(stream);
  }

  /** Takes an event or a tombstone in; records of another kind are none of a stream's. */
  add(record: Pick<LogRecord, 'kind' | 'stream' | 'position'>): void {
    if (record.kind === 'nothing') return;
    let entry = this.#entries.get(record.stream);
    if (entry === undefined) {
      entry = { positions: [], tombstone: undefined };
      this.#entries.set(record.stream, entry);
    }
    if (record.kind === 'tombstone') entry.tombstone = record.position;
    else entry.positions.push(record.position);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The last revision of what lies before `end`: as a writer sees the stream with all it has added, or a reader. */
  lastRevision(stream: string, end: number): number {
    // With the stream its metadata is gone, too.
    if (isMetastream(stream) && this.lastRevision(originalOf(stream), end) === TOMBSTONE_REVISION) {
      return TOMBSTONE_REVISION;
    }
    const entry = this.#entries.get(stream);
    if (entry === undefined) return NO_STREAM;
    if (entry.tombstone !== undefined && entry.tombstone < end) return TOMBSTONE_REVISION;
    return countBefore(entry.positions, end) - 1;
  }
}

function countBefore(positions: readonly number[], end: number): number {
  let high = positions.length;
  // Nearly always all of them are.
  if (high === 0 || (positions[high - 1] ?? 0) < end) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((positions[middle] ?? 0) < end) low = middle + 1;
    else high = middle;
  }
  return low;
}
