import { streams } from '../stubs.ts';
import { structuredUuid } from '../uuid.ts';
import { fieldCapacity, MessageWriter } from './message-writer.ts';

const { RecordedEvent } = streams.ReadResp.ReadEvent;
const JSON_TYPE = 'application/json';
const BYTES_TYPE = 'application/octet-stream';

/** Field numbers of the protocol. */
const ID = 1;
const ID_TEXT = 2;
const STREAM = 2;
const STREAM_NAME = 3;
const REVISION = 3;
const PREPARE_POSITION = 4;
const COMMIT_POSITION = 5;
const PROPERTIES = 6;
const METADATA = 7;
const DATA = 8;

/** What comes on top of the names and the bodies. */
const FIXED_PARTS_BYTES = 256;
const LARGEST_UTF8_BYTES = 3;

export interface EventToRecord {
  readonly id: string;
  readonly stream: string;
  readonly revision: number | bigint;
  readonly position: number;
  readonly type: string;
  readonly isJson: boolean;
  readonly createdMs: number;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** The message that clients get, with the id as text. */
export function encodeRecordedEvent(event: EventToRecord): Buffer {
  const { stream, type, data, metadata, position } = event;
  const nameBytes = LARGEST_UTF8_BYTES * (stream.length + type.length);
  const bodyBytes = fieldCapacity(data.length) + fieldCapacity(metadata.length);
  const writer = new MessageWriter(FIXED_PARTS_BYTES + nameBytes + bodyBytes);
  return (
    writer
      .nestedText(ID, ID_TEXT, event.id)
      .nestedText(STREAM, STREAM_NAME, stream)
      .number(REVISION, event.revision)
      .number(PREPARE_POSITION, position)
      .number(COMMIT_POSITION, position)
      .mapEntry(PROPERTIES, 'type', type)
      // In ticks of 100 ns since 1970.
      .mapEntry(PROPERTIES, 'created', `${event.createdMs}0000`)
      .mapEntry(PROPERTIES, 'content-type', event.isJson ? JSON_TYPE : BYTES_TYPE)
      .bytes(METADATA, metadata)
      .bytes(DATA, data).written
  );
}

export const dataOf = (recordedEvent: Uint8Array): string =>
  Buffer.from(RecordedEvent.deserializeBinary(recordedEvent).getData_asU8()).toString('utf8');

/** The same message with the id in numbers, for clients that ask for that. */
export function withStructuredId(recordedEvent: Uint8Array): Uint8Array {
  const message = RecordedEvent.deserializeBinary(recordedEvent);
  const id = message.getId();
  return message.setId(structuredUuid(id?.getString() ?? '')).serializeBinary();
}
