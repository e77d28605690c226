import type { ProposedTransition } from '../../application/ports/event-log.ts';

type Envelope = Pick<ProposedTransition, 'schemaVersion' | 'recordedAt' | 'metadata'>;

/** An object with a member, whose members can be joined by ours; every other text travels as a string. */
const joinable = /^\{\s*"(?!metadataText")/;
const stored = /^\{"schemaVersion":(\d+),"recordedAt":"([^"\\]*)"(,"metadataText":|,|\}$)/;

/**
 * The event's metadata in EventStoreDB: JSON whose first members are our `schemaVersion` and `recordedAt`, so that
 * `$correlationId` and `$causationId` stay at the top, where EventStoreDB's own projections look for them. The port's
 * text is spliced in, not parsed, and so comes back byte for byte.
 */
export function storeMetadata({ schemaVersion, recordedAt, metadata }: Envelope): string {
  const ours = `{"schemaVersion":${schemaVersion},"recordedAt":"${recordedAt}"`;
  if (metadata === '{}') return `${ours}}`;
  return joinable.test(metadata) && metadata.endsWith('}')
    ? `${ours},${metadata.slice(1)}`
    : `${ours},"metadataText":${JSON.stringify(metadata)}}`;
}

/** Of an event that another program wrote: a schema version that is never read, and the metadata as it is. */
const notOurs = (metadata: string): Envelope => ({ schemaVersion: 0, recordedAt: '', metadata });

/** The inverse of {@link storeMetadata}. */
export function restoreMetadata(text: string): Envelope {
  const [start, schemaVersion, recordedAt, then] = stored.exec(text) ?? [];
  if (start === undefined || recordedAt === undefined) return notOurs(text);
  const envelope = { schemaVersion: Number(schemaVersion), recordedAt };
  if (then === '}') return { ...envelope, metadata: '{}' };
  if (then === ',') return { ...envelope, metadata: `{${text.slice(start.length)}` };
  try {
    return { ...envelope, metadata: JSON.parse(text.slice(start.length, -1)) };
  } catch {
    return notOurs(text);
  }
}
