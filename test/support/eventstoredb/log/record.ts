import { crc32 } from 'node:zlib';

/**
 * One record of the log file. Its place in the file is its position in the log, as in EventStoreDB's own files. The
 * event is kept as the RecordedEvent message that clients get, so that it is encoded once, however often it is read.
 * What a reader has to look at without decoding it stands before the message.
 */
export type RecordKind = 'event' | 'tombstone' | 'nothing';

export interface RecordContent {
  readonly kind: RecordKind;
  readonly stream: string;
  readonly type: string;
  /** Of the event in its stream; without meaning for a tombstone or a record of an append of nothing. */
  readonly revision: number;
  /** 16 bytes. */
  readonly eventId: Buffer;
  readonly isJson: boolean;
  readonly createdMs: number;
  /** Which record of its append it is, of how many: an append counts only when all of it is there. */
  readonly indexInAppend: number;
  readonly recordsInAppend: number;
}

const LENGTH = 0;
const CHECKSUM = 4;
const POSITION = 8;
const CREATED = 16;
const REVISION = 24;
const INDEX_IN_APPEND = 32;
const RECORDS_IN_APPEND = 36;
const KIND = 40;
const IS_JSON = 41;
const STREAM_BYTES = 44;
const TYPE_BYTES = 48;
const EVENT_ID = 52;
const NAMES = 68;
const SUFFIX_BYTES = 4;

export const RECORD_HEADER_BYTES = NAMES;
export const LONGEST_RECORD_BYTES = 16 * 1024 * 1024;

const KINDS: readonly RecordKind[] = ['event', 'tombstone', 'nothing'];

export const recordBytes = (content: RecordContent, messageBytes: number) =>
  NAMES + Buffer.byteLength(content.stream) + Buffer.byteLength(content.type) + messageBytes + SUFFIX_BYTES;

/** The record as it stands in the file at `position`. */
export function encodeRecord(content: RecordContent, position: number, message: Uint8Array): Buffer {
  const length = recordBytes(content, message.length);
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32LE(length, LENGTH);
  bytes.writeDoubleLE(position, POSITION);
  bytes.writeDoubleLE(content.createdMs, CREATED);
  bytes.writeDoubleLE(content.revision, REVISION);
  bytes.writeUInt32LE(content.indexInAppend, INDEX_IN_APPEND);
  bytes.writeUInt32LE(content.recordsInAppend, RECORDS_IN_APPEND);
  bytes.writeUInt32LE(0, KIND);
  bytes[KIND] = KINDS.indexOf(content.kind);
  bytes[IS_JSON] = content.isJson ? 1 : 0;
  content.eventId.copy(bytes, EVENT_ID);
  const streamBytes = bytes.write(content.stream, NAMES);
  const typeBytes = bytes.write(content.type, NAMES + streamBytes);
  bytes.writeUInt32LE(streamBytes, STREAM_BYTES);
  bytes.writeUInt32LE(typeBytes, TYPE_BYTES);
  bytes.set(message, NAMES + streamBytes + typeBytes);
  bytes.writeUInt32LE(length, length - SUFFIX_BYTES);
  bytes.writeUInt32LE(checksumOf(bytes), CHECKSUM);
  return bytes;
}

const checksumOf = (bytes: Buffer) => crc32(bytes.subarray(POSITION, bytes.length - SUFFIX_BYTES));

/** The whole length that the bytes at a record's beginning or end claim, or nothing where it cannot be one. */
export function plausibleLength(bytes: Buffer, at: number): number | undefined {
  const length = bytes.readUInt32LE(at);
  return length >= NAMES + SUFFIX_BYTES && length <= LONGEST_RECORD_BYTES ? length : undefined;
}

/** A record as read. Decodes nothing before it is asked for. */
export class LogRecord {
  readonly bytes: Buffer;
  readonly position: number;

  constructor(bytes: Buffer, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  /** Whether a record begins here, and not just bytes inside one. Cheap; does not prove that it is undamaged. */
  get isOne(): boolean {
    return (
      this.bytes.readDoubleLE(POSITION) === this.position &&
      this.bytes.readUInt32LE(this.bytes.length - SUFFIX_BYTES) === this.bytes.length
    );
  }
  get isUndamaged(): boolean {
    return this.isOne && this.bytes.readUInt32LE(CHECKSUM) === checksumOf(this.bytes);
  }

  /** The position after the record, where the next one begins. */
  get next(): number {
    return this.position + this.bytes.length;
  }
  get kind(): RecordKind {
    return KINDS[this.bytes[KIND] ?? 0] ?? 'nothing';
  }
  /** Takes a place in its stream: an event or a tombstone. */
  get isVisible(): boolean {
    return this.bytes[KIND] !== 2;
  }
  get isJson(): boolean {
    return this.bytes[IS_JSON] === 1;
  }
  get createdMs(): number {
    return this.bytes.readDoubleLE(CREATED);
  }
  get revision(): number {
    return this.bytes.readDoubleLE(REVISION);
  }
  get indexInAppend(): number {
    return this.bytes.readUInt32LE(INDEX_IN_APPEND);
  }
  get recordsInAppend(): number {
    return this.bytes.readUInt32LE(RECORDS_IN_APPEND);
  }
  get eventId(): Buffer {
    return this.bytes.subarray(EVENT_ID, NAMES);
  }
  get stream(): string {
    return this.bytes.toString('utf8', NAMES, NAMES + this.#streamBytes);
  }
  get type(): string {
    const start = NAMES + this.#streamBytes;
    return this.bytes.toString('utf8', start, start + this.#typeBytes);
  }
  /** Whether the stream's name begins with `$`. */
  get isSystem(): boolean {
    return this.bytes[NAMES] === 0x24 && this.#streamBytes > 0;
  }
  /** RecordedEvent, encoded. */
  get message(): Buffer {
    return this.bytes.subarray(NAMES + this.#streamBytes + this.#typeBytes, this.bytes.length - SUFFIX_BYTES);
  }

  get #streamBytes(): number {
    return this.bytes.readUInt32LE(STREAM_BYTES);
  }
  get #typeBytes(): number {
    return this.bytes.readUInt32LE(TYPE_BYTES);
  }
}
