import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import { shared, streams } from '../stubs.ts';
import { structuredUuid } from '../uuid.ts';

const { RecordedEvent } = streams.ReadResp.ReadEvent;
const JSON_TYPE = 'application/json';
const BYTES_TYPE = 'application/octet-stream';

export interface EventToRecord {
  readonly id: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: number;
  readonly type: string;
  readonly isJson: boolean;
  readonly createdMs: number;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** The message that clients get, with the id as text. */
export function encodeRecordedEvent(event: EventToRecord): Uint8Array {
  const position = String(event.position);
  const message = new RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)))
    .setStreamRevision(event.revision)
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setCustomMetadata(event.metadata)
    .setData(event.data);
  message
    .getMetadataMap()
    .set('type', event.type)
    // In ticks of 100 ns since 1970.
    .set('created', `${event.createdMs}0000`)
    .set('content-type', event.isJson ? JSON_TYPE : BYTES_TYPE);
  return message.serializeBinary();
}

export const dataOf = (recordedEvent: Uint8Array): string =>
  Buffer.from(RecordedEvent.deserializeBinary(recordedEvent).getData_asU8()).toString('utf8');

/** The same message with the id in numbers, for clients that ask for that. */
export function withStructuredId(recordedEvent: Uint8Array): Uint8Array {
  const message = RecordedEvent.deserializeBinary(recordedEvent);
  const id: UUID | undefined = message.getId();
  return message.setId(structuredUuid(id?.getString() ?? '')).serializeBinary();
}
