import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { uuidOfBytes } from '../uuid.ts';
import { AppendWriter } from './append-writer.ts';
import { type CommitDecision, checkCommit, type WrittenLog } from './commit-check.ts';
import { CommittedIds } from './committed-ids.ts';
import { lockFolder } from './folder-lock.ts';
import { LogFile, type ReadWindow } from './log-file.ts';
import { MetadataIndex } from './metadata-index.ts';
import type { LogRecord } from './record.ts';
import { isMetastream, metastreamOf, NO_STREAM, originalOf, StreamIndex, TOMBSTONE_REVISION } from './stream-index.ts';
import { SOFT_DELETED, type StreamMetadata } from './stream-metadata.ts';

export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export type WriteOutcome =
  /** By this call or an earlier one. `last`: -1 for an append of nothing to no stream; `position`: -1 for unknown. */
  | { readonly kind: 'written'; readonly last: number; readonly position: number }
  | { readonly kind: 'conflict'; readonly current: number }
  | { readonly kind: 'deleted' }
  /** The same append is still becoming durable. EventStoreDB drops the second one, and its client gets a timeout. */
  | { readonly kind: 'dropped' };

/**
 * The log and all that is known of it. What is decided about an append is decided at once, in the order of arrival, on
 * all that has been accepted before; what is answered and what readers see is durable.
 */
export class Database implements WrittenLog {
  readonly folder: string;
  readonly #unlock: () => void;
  readonly #file: LogFile;
  readonly #streams = new StreamIndex();
  readonly #metadata = new MetadataIndex();
  readonly #ids = new CommittedIds();
  readonly #writer: AppendWriter;
  #change = Promise.withResolvers<void>();
  /** Bytes of an unfinished write that the last crash left behind and that were cut off. */
  readonly cutOffBytes: number;

  /** @throws {FolderHeld} and where the folder holds something else. */
  constructor(folder: string) {
    this.folder = resolve(folder);
    mkdirSync(this.folder, { recursive: true });
    this.#unlock = lockFolder(this.folder);
    try {
      this.#file = new LogFile(this.folder);
    } catch (error) {
      this.#unlock();
      throw error;
    }
    this.#writer = new AppendWriter(this.#file, (record) => this.#takeIn(record));
    this.cutOffBytes = this.#recover();
    this.#file.onDurable = () => {
      const { resolve: tell } = this.#change;
      this.#change = Promise.withResolvers();
      tell();
    };
  }

  #recover(): number {
    const cutOffBytes = this.#file.recover((record) => this.#takeIn(record));
    if (this.#file.lastPosition < 0) this.#writer.writeEpoch();
    return cutOffBytes;
  }

  #takeIn(record: LogRecord): void {
    this.#streams.add(record);
    if (record.kind !== 'nothing' && isMetastream(record.stream))
      this.#metadata.take(originalOf(record.stream), record);
  }

  // --- writing

  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<WriteOutcome> {
    const decision = checkCommit(this, { stream, expected, ids: events.map(({ id }) => id) });
    if (decision.kind !== 'append') return this.#refuseOrRepeat(stream, decision);
    const undeletesOriginal = isMetastream(stream) && this.isSoftDeleted(originalOf(stream));
    const position = this.#writer.write(stream, decision.current, events);
    for (const [index, { id }] of events.entries())
      this.#ids.add(id, { stream, revision: decision.current + 1 + index });
    if (decision.undelete) this.#undelete(stream, decision.current + 1);
    if (undeletesOriginal) this.#undelete(originalOf(stream), this.lastRevision(originalOf(stream)) + 1);
    return this.#durably({ kind: 'written', last: decision.current + events.length, position });
  }

  /** A soft delete makes the events unreadable until the next append; a hard one closes the stream permanently. */
  deleteStream(stream: string, expected: number, how: 'soft' | 'hard'): Promise<WriteOutcome> {
    const decision = checkCommit(this, { stream, expected, ids: [randomUUID()] });
    if (decision.kind !== 'append') return this.#refuseOrRepeat(stream, decision);
    if (how === 'hard') {
      return this.#durably({
        kind: 'written',
        last: TOMBSTONE_REVISION,
        position: this.#writer.writeTombstone(stream),
      });
    }
    const metastream = metastreamOf(stream);
    const lastOfMetadata = this.lastRevision(metastream);
    if (decision.current === NO_STREAM && lastOfMetadata === NO_STREAM) {
      return Promise.resolve({ kind: 'conflict', current: NO_STREAM });
    }
    const position = this.#writer.writeSoftDelete(metastream, lastOfMetadata);
    return this.#durably({ kind: 'written', last: lastOfMetadata + 1, position });
  }

  #refuseOrRepeat(stream: string, decision: Exclude<CommitDecision, { kind: 'append' }>): Promise<WriteOutcome> {
    if (decision.kind !== 'repeated') return Promise.resolve(decision);
    const { last } = decision;
    if (last > this.lastReadableRevision(stream)) return Promise.resolve({ kind: 'dropped' });
    // Where its event is, is told only as long as it can be read.
    return Promise.resolve({ kind: 'written', last, position: this.readablePosition(stream, last) });
  }

  #durably(outcome: WriteOutcome): Promise<WriteOutcome> {
    return new Promise((settle) => this.#file.whenDurable(() => settle(outcome)));
  }

  #undelete(stream: string, firstRevision: number): void {
    const metadata = this.#metadata.reopened(stream, firstRevision);
    if (metadata === undefined) return;
    const metastream = metastreamOf(stream);
    this.#writer.writeMetadata(metastream, this.lastRevision(metastream), metadata);
  }

  // --- what the writer sees

  lastRevision(stream: string): number {
    return this.#streams.lastRevision(stream, this.#file.writeEnd);
  }
  hasMetadata(stream: string): boolean {
    return this.lastRevision(metastreamOf(stream)) !== NO_STREAM;
  }
  isSoftDeleted(stream: string): boolean {
    return this.metadataOf(stream).truncateBefore === SOFT_DELETED;
  }
  committedEvent(id: string) {
    return this.#ids.get(id);
  }
  eventIdAt(stream: string, revision: number): string | undefined {
    const position = this.#streams.get(stream)?.positions[revision];
    const record = position === undefined ? undefined : this.#file.writtenRecordAt(position);
    return record && uuidOfBytes(record.eventId);
  }

  // --- what readers see

  /** The last durable record's position; -1 where there is none. */
  get lastPosition(): number {
    return this.#file.lastPosition;
  }
  /** The position after it. */
  get end(): number {
    return this.#file.end;
  }
  lastReadableRevision(stream: string): number {
    return this.#streams.lastRevision(stream, this.#file.end);
  }
  /** Also what is not durable yet: the one thing that readers see a moment too early. */
  metadataOf(stream: string): StreamMetadata {
    return this.#metadata.of(stream);
  }
  /** @throws {InvalidPosition} */
  recordAt(position: number, window?: ReadWindow): LogRecord | undefined {
    return this.#file.recordAt(position, window);
  }
  /** @throws {InvalidPosition} */
  recordBefore(position: number): LogRecord | undefined {
    return this.#file.recordBefore(position);
  }
  /** An event of a stream, whether or not metadata or a delete hides it. */
  recordOf(stream: string, revision: number): LogRecord | undefined {
    const entry = this.#streams.get(stream);
    const position = revision === TOMBSTONE_REVISION ? entry?.tombstone : entry?.positions[revision];
    return position === undefined ? undefined : this.#file.recordAt(position);
  }
  /** The first revision that metadata leaves readable; beyond the last one where it leaves none. */
  firstReadableRevision(stream: string): number {
    const { maxCount, maxAgeMs, truncateBefore = 0 } = this.metadataOf(stream);
    const last = this.lastReadableRevision(stream);
    if (truncateBefore === SOFT_DELETED) return last + 1;
    const first = Math.max(0, truncateBefore, maxCount === undefined ? 0 : last - maxCount + 1);
    return maxAgeMs === undefined ? first : this.#firstSince(Date.now() - maxAgeMs, { stream, first, last });
  }

  /** By bisection: an event is no older than the one before it. */
  #firstSince(
    oldestMs: number,
    range: { readonly stream: string; readonly first: number; readonly last: number },
  ): number {
    let [low, high] = [range.first, range.last + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.recordOf(range.stream, middle)?.createdMs ?? 0) < oldestMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  readablePosition(stream: string, revision: number): number {
    const last = this.lastReadableRevision(stream);
    if (last === TOMBSTONE_REVISION || revision > last || revision < this.firstReadableRevision(stream)) return -1;
    return this.#streams.get(stream)?.positions[revision] ?? -1;
  }
  /** Settles once something more has become durable. */
  change(): Promise<void> {
    return this.#change.promise;
  }

  // --- the whole

  /** The log as it was when it ended at `position`; what was accepted since is gone, also from memory. */
  rewind(position: number): Promise<void> {
    return new Promise((settle) => {
      const cut = () => {
        // Something may have been accepted while the rest became durable.
        if (!this.#file.isDurable) return this.#file.whenDurable(cut);
        this.#file.cutBack(position);
        this.#streams.clear();
        this.#metadata.clear();
        this.#ids.clear();
        this.#recover();
        return settle();
      };
      cut();
    });
  }

  async close(): Promise<void> {
    await this.#file.close();
    this.#unlock();
  }

  /** As if the process had been killed. */
  abandon(): void {
    this.#file.abandon();
    this.#unlock();
  }
}
