import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { NewEvent } from '../log/database.ts';
import { EMPTY_UUID, readUuid } from '../uuid.ts';

/** Of the bodies, the metadata and the types' names (two bytes a character) of one append. */
export const MAXIMUM_APPEND_BYTES = 1_048_576;

/** What the two forms of an append have in common. */
interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export class MissingProperty extends Error {
  readonly property: string;

  constructor(property: string) {
    super(`The given key '${property}' was not present in the dictionary.`);
    this.property = property;
  }
}

export const proposedBytes = (message: ProposedMessage) =>
  message.getData_asU8().length +
  message.getCustomMetadata_asU8().length +
  2 * (message.getMetadataMap().get('type') ?? '').length;

/** @throws for what EventStoreDB does not take for an event, with its words. */
export function readProposedEvent(message: ProposedMessage): NewEvent {
  const properties = message.getMetadataMap();
  const id = readUuid(message.getId());
  const type = properties.get('type');
  if (type === undefined) throw new MissingProperty('type');
  const contentType = properties.get('content-type');
  if (contentType === undefined) throw new MissingProperty('content-type');
  if (id === EMPTY_UUID) throw new Error("Empty eventId provided. (Parameter 'eventId')");
  if (type === '') throw new Error("Empty eventType provided. (Parameter 'eventType')");
  return {
    id,
    type,
    isJson: contentType === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

interface StreamIdentifier {
  getStreamName_asU8(): Uint8Array;
}

/** @throws for no name at all. */
export function readStreamName(identifier: StreamIdentifier | undefined): string {
  const stream = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
  if (stream !== '') return stream;
  throw new Error("Argument cannot be null or empty. (Parameter 'eventStreamId')");
}

/** @throws also for the name that would be the metadata of a stream without a name. */
export function readNameToAppendTo(identifier: StreamIdentifier | undefined): string {
  const stream = readStreamName(identifier);
  if (stream !== '$$') return stream;
  throw new Error("Specified argument was out of the range of valid values. (Parameter 'eventStreamId')");
}
