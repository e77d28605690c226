import { randomUUID } from 'node:crypto';
import { uuidBytes } from '../uuid.ts';
import type { NewEvent } from './database.ts';
import type { LogFile } from './log-file.ts';
import { encodeRecord, LogRecord, type RecordContent } from './record.ts';
import { encodeRecordedEvent } from './recorded-event.ts';
import { NO_STREAM, TOLD_TOMBSTONE_REVISION, TOMBSTONE_REVISION } from './stream-index.ts';
import { SOFT_DELETE_JSON } from './stream-metadata.ts';

const NOTHING = new Uint8Array();
const systemEvent = (type: string, json: string): NewEvent => ({
  id: randomUUID(),
  type,
  isJson: json !== '',
  data: Buffer.from(json),
  metadata: NOTHING,
});

/** Turns what has been decided into records at the end of the log. Each call is one append: all of it or nothing. */
export class AppendWriter {
  readonly #file: LogFile;
  readonly #written: (record: LogRecord) => void;

  constructor(file: LogFile, written: (record: LogRecord) => void) {
    this.#file = file;
    this.#written = written;
  }

  /** @returns the position of the last event, or of the record that stands for an append of nothing. */
  write(stream: string, current: number, events: readonly NewEvent[]): number {
    if (events.length === 0) return this.#writeNothing(stream, current);
    const createdMs = Date.now();
    const records: LogRecord[] = [];
    let position = this.#file.writeEnd;
    for (const [index, event] of events.entries()) {
      const revision = current + 1 + index;
      const record = eventRecord(event, { stream, revision, position, createdMs, index, of: events.length });
      records.push(record);
      position = record.next;
    }
    return this.#add(records);
  }

  writeMetadata(metastream: string, current: number, json: string): number {
    return this.write(metastream, current, [systemEvent('$metadata', json)]);
  }
  writeSoftDelete(metastream: string, current: number): number {
    return this.writeMetadata(metastream, current, SOFT_DELETE_JSON);
  }
  /** A new log begins with this, and $all hides it, as on a real server. */
  writeEpoch(): void {
    const json = JSON.stringify({ EpochPosition: 0, EpochNumber: 0, EpochId: randomUUID(), PrevEpochPosition: -1 });
    this.write('$epoch-information', NO_STREAM, [systemEvent('$epoch-information', json)]);
  }

  writeTombstone(stream: string): number {
    const place = { stream, revision: TOMBSTONE_REVISION, position: this.#file.writeEnd };
    const event = systemEvent('$streamDeleted', '');
    return this.#add([eventRecord(event, { ...place, createdMs: Date.now(), index: 0, of: 1 }, 'tombstone')]);
  }

  #writeNothing(stream: string, current: number): number {
    const content: RecordContent = {
      kind: 'nothing',
      stream,
      type: '',
      revision: current,
      eventId: uuidBytes(randomUUID()),
      isJson: false,
      createdMs: Date.now(),
      indexInAppend: 0,
      recordsInAppend: 1,
    };
    const position = this.#file.writeEnd;
    return this.#add([new LogRecord(encodeRecord(content, position, NOTHING), position)]);
  }

  #add(records: readonly LogRecord[]): number {
    this.#file.append(records.map(({ bytes }) => bytes));
    for (const record of records) this.#written(record);
    return records.at(-1)?.position ?? -1;
  }
}

interface Place {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly createdMs: number;
  readonly index: number;
  readonly of: number;
}

function eventRecord(event: NewEvent, place: Place, kind: 'event' | 'tombstone' = 'event'): LogRecord {
  const { stream, position, createdMs } = place;
  const revision = kind === 'tombstone' ? TOLD_TOMBSTONE_REVISION : place.revision;
  const message = encodeRecordedEvent({ ...event, stream, revision, position, createdMs });
  const content: RecordContent = {
    kind,
    stream,
    type: event.type,
    revision: place.revision,
    eventId: uuidBytes(event.id),
    isJson: event.isJson,
    createdMs,
    indexInAppend: place.index,
    recordsInAppend: place.of,
  };
  return new LogRecord(encodeRecord(content, position, message), position);
}
