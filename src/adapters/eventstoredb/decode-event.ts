import { type LogPosition, type RecordedTransition, revision } from '../../application/ports/event-log.ts';
import type { ReadResp } from './protocol.ts';
import { restoreMetadata } from './stored-metadata.ts';

/** A record of the log and where it stands. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
  /** Of the event that stands there. */
  readonly id: string;
}

export type RecordedEvent = NonNullable<ReturnType<ReadResp.ReadEvent['getEvent']>>;

/** Not by TextDecoder, which takes a byte order mark away. */
const utf8 = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('utf8');

export function placeOf(event: RecordedEvent): Place {
  return {
    commit: BigInt(event.getCommitPosition()),
    prepare: BigInt(event.getPreparePosition()),
    id: event.getId()?.getString() ?? '',
  };
}

/** The transition that was appended; `null` for EventStoreDB's own events, which include links and tombstones. */
export function decodeEvent(event: RecordedEvent): RecordedTransition | null {
  const type = event.getMetadataMap().get('type') ?? '';
  const stream = utf8(event.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());
  if (type.startsWith('$') || stream.startsWith('$')) return null;
  return {
    stream,
    revision: revision(BigInt(event.getStreamRevision())),
    position: BigInt(event.getCommitPosition()) as LogPosition,
    id: event.getId()?.getString() ?? '',
    type,
    data: utf8(event.getData_asU8()),
    ...restoreMetadata(utf8(event.getCustomMetadata_asU8())),
  };
}
