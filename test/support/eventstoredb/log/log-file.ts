import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { RecentRecords } from './recent-records.ts';
import { LONGEST_RECORD_BYTES, LogRecord, plausibleLength, RECORD_HEADER_BYTES } from './record.ts';

const FILE_NAME = 'events.log';
const MAGIC = 'eventops protocol server log 1\n';
/** Where the first record begins. Not 0, as in EventStoreDB, whose log begins with a record of its own. */
export const LOG_START = 64;

const RECENT_BYTES = 16 * 1024 * 1024;
const SMALL_READ_BYTES = 4 * 1024;
const WINDOW_BYTES = 256 * 1024;

/** Bytes that are no record: not a place in this log. */
export class InvalidPosition extends Error {}

/** What was read of the file in one go, for readers that go on to the next record. */
export interface ReadWindow {
  from: number;
  bytes: Buffer;
}
export const emptyWindow = (): ReadWindow => ({ from: 0, bytes: Buffer.alloc(0) });

/**
 * The append-only file. Records get their position at once and become durable in groups: all that has come while the
 * last group was being synced is written and synced together. Readers see only what is durable.
 */
export class LogFile {
  readonly path: string;
  readonly #file: number;
  readonly #recent = new RecentRecords(RECENT_BYTES);
  /** What is being synced, and what waits for the next sync. */
  #group: readonly Buffer[] = [];
  #waiting: Buffer[] = [];
  #whenDurable: (() => void)[] = [];
  #syncing = false;
  #closed = false;
  /** The position of the next record. */
  writeEnd = LOG_START;
  /** Where the durable part ends. */
  end = LOG_START;
  /** The last durable record's position; -1 in an empty log. */
  lastPosition = -1;
  /** Called after each group, before those who wait for it are answered. */
  onDurable: () => void = () => {};

  /** @throws where the file is not a log of this server. */
  constructor(folder: string) {
    this.path = join(folder, FILE_NAME);
    this.#file = openSync(this.path, constants.O_RDWR | constants.O_CREAT);
    const header = Buffer.alloc(LOG_START);
    header.write(MAGIC);
    if (fstatSync(this.#file).size === 0) {
      writeSync(this.#file, header, 0, header.length, 0);
      fsyncSync(this.#file);
    } else if (!header.equals(this.#readBytes(0, LOG_START))) {
      closeSync(this.#file);
      throw new Error(`${this.path} is not a log of the protocol server: name another folder`);
    }
  }

  /**
   * Goes through the whole file once, at the start. What follows the last whole append, which a crash in the middle of
   * a write leaves behind, was never confirmed to anyone and is cut off.
   * @returns how many bytes were cut off.
   */
  recover(visit: (record: LogRecord) => void): number {
    const size = fstatSync(this.#file).size;
    const window = emptyWindow();
    this.end = size;
    let append: LogRecord[] = [];
    let wholeUntil = LOG_START;
    for (let at = LOG_START; at < size; ) {
      const record = this.#recordIfThere(at, window);
      if (!record?.isUndamaged || record.indexInAppend !== append.length) break;
      append.push(record);
      at = record.next;
      if (append.length < record.recordsInAppend) continue;
      for (const one of append) visit(one);
      this.lastPosition = record.position;
      wholeUntil = at;
      append = [];
    }
    if (wholeUntil < size) this.#cut(wholeUntil);
    this.end = wholeUntil;
    this.writeEnd = wholeUntil;
    return size - wholeUntil;
  }

  /** Adds records that begin at `writeEnd`, one after the other. */
  append(records: readonly Buffer[]): void {
    for (const bytes of records) {
      this.#recent.add(this.writeEnd, bytes);
      this.#waiting.push(bytes);
      this.writeEnd += bytes.length;
    }
    if (!this.#syncing) {
      this.#syncing = true;
      // Not at once: all requests that have arrived together share one sync.
      setImmediate(() => this.#writeGroup());
    }
  }

  /** Calls back once everything added so far is durable; at once, where it already is. */
  whenDurable(callback: () => void): void {
    if (this.isDurable) callback();
    else this.#whenDurable.push(callback);
  }

  get isDurable(): boolean {
    return this.end === this.writeEnd;
  }

  #writeGroup(): void {
    if (this.#closed) return;
    const [records, callbacks] = [this.#waiting, this.#whenDurable];
    this.#group = records;
    this.#waiting = [];
    this.#whenDurable = [];
    const end = this.writeEnd;
    const group = records.length === 1 ? records[0] : Buffer.concat(records);
    if (group !== undefined) this.#writeBytes(group, end - group.length);
    fdatasync(this.#file, (error) => {
      if (this.#closed) return;
      // A log that cannot be written is no log. Whoever runs the server has to see it.
      if (error) throw error;
      this.#group = [];
      this.end = end;
      this.lastPosition = end - (records.at(-1)?.length ?? 0);
      this.onDurable();
      for (const callback of callbacks) callback();
      this.#writeNextGroup();
    });
  }

  #writeNextGroup(): void {
    if (this.#waiting.length > 0) {
      setImmediate(() => this.#writeGroup());
      return;
    }
    this.#syncing = false;
    // Who began to wait during the sync for what the sync has made durable.
    for (const callback of this.#whenDurable.splice(0)) callback();
  }

  /**
   * The durable record that begins at `position`, or nothing at and beyond the end.
   * @throws {InvalidPosition} inside a record.
   */
  recordAt(position: number, window?: ReadWindow): LogRecord | undefined {
    if (position >= this.end) return undefined;
    const record = this.#recordIfThere(position, window);
    if (record?.isOne) return record;
    throw new InvalidPosition(`no record begins at ${position}`);
  }

  /** Any record that has been added, durable or not. `position` must be one of a record. */
  writtenRecordAt(position: number): LogRecord | undefined {
    if (position < this.end) return this.#recordIfThere(position);
    const bytes = this.#recent.get(position) ?? this.#unsyncedAt(position);
    return bytes && new LogRecord(bytes, position);
  }

  #unsyncedAt(position: number): Buffer | undefined {
    let at = this.end;
    for (const bytes of [...this.#group, ...this.#waiting]) {
      if (at === position) return bytes;
      at += bytes.length;
    }
    return undefined;
  }

  /**
   * The record that ends at `position`, or nothing at the beginning.
   * @throws {InvalidPosition} inside a record and beyond the end.
   */
  recordBefore(position: number): LogRecord | undefined {
    if (position <= LOG_START) return undefined;
    const length = position <= this.end ? plausibleLength(this.#readBytes(position - 4, 4), 0) : undefined;
    const record = length === undefined ? undefined : this.#recordIfThere(position - length);
    if (record?.isOne && record.next === position) return record;
    throw new InvalidPosition(`no record ends at ${position}`);
  }

  #recordIfThere(position: number, window?: ReadWindow): LogRecord | undefined {
    const recent = this.#recent.get(position);
    if (recent) return new LogRecord(recent, position);
    const held = window ? fill(window, position, (from) => this.#readBytes(from, WINDOW_BYTES)) : undefined;
    const bytes = held ?? this.#readBytes(position, SMALL_READ_BYTES);
    const length = bytes.length < RECORD_HEADER_BYTES ? undefined : plausibleLength(bytes, 0);
    if (length === undefined || position + length > this.end) return undefined;
    return new LogRecord(
      bytes.length < length ? this.#readBytes(position, length) : bytes.subarray(0, length),
      position,
    );
  }

  #readBytes(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.min(length, LONGEST_RECORD_BYTES));
    return bytes.subarray(0, readSync(this.#file, bytes, 0, bytes.length, position));
  }

  #writeBytes(bytes: Buffer, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, position + done);
    }
  }

  #cut(position: number): void {
    ftruncateSync(this.#file, position);
    fsyncSync(this.#file);
  }

  /** Everything from `position` on is gone, as after a backup was restored. Needs a `recover` before the next use. */
  cutBack(position: number): void {
    this.#cut(Math.max(position, LOG_START));
    this.#recent.clear();
    this.lastPosition = -1;
  }

  /** Lets what was added become durable, then closes. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.whenDurable(resolve));
    this.abandon();
  }

  /** Closes at once; what is not durable yet may be lost, as when the process is killed. */
  abandon(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }
}

/** The bytes from `position` on, out of the window where it holds at least the record's beginning. */
function fill(window: ReadWindow, position: number, read: (from: number) => Buffer): Buffer {
  const offset = position - window.from;
  const held = offset >= 0 && offset + RECORD_HEADER_BYTES <= window.bytes.length;
  const length = held ? plausibleLength(window.bytes, offset) : undefined;
  if (!held || (length !== undefined && offset + length > window.bytes.length)) {
    window.bytes = read(position);
    window.from = position;
  }
  return window.bytes.subarray(position - window.from);
}
