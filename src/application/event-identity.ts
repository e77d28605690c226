import { hash } from 'node:crypto';
import { eventAggregate } from '../domain/event/aggregate.ts';

/**
 * A UUID (version 8, RFC 9562 section 5.8) made from SHA-256 over the parts. Equal parts give equal ids; the parts are
 * joined as JSON, so ("a", "bc") and ("ab", "c") differ.
 */
export function deriveUuid(...parts: readonly string[]): string {
  const digest = hash('sha256', JSON.stringify(parts), 'hex');
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** One idempotency key of one client is one event permanently: uniqueness lives in the log and needs no other table. */
export const eventIdOf = (clientId: string, idempotencyKey: string) => deriveUuid('event', clientId, idempotencyKey);

/**
 * Where the first id is taken by an event whose key was made in the other way: sent by the client as a key of its own, or
 * made from a CloudEvent's source and id. The first event of a stream stays, so which of the two ids an event has is
 * decided once.
 */
export const secondEventIdOf = (clientId: string, idempotencyKey: string) =>
  deriveUuid('event', 'second', clientId, idempotencyKey);

/**
 * The key of a CloudEvent that was sent without one: its source and id together name one event. A source is a URI
 * reference and holds no space, so no two CloudEvents share a key.
 */
export const keyOfCloudEvent = (source: string, id: string) => `${source} ${id}`;

export const { streamPrefix: EVENT_STREAM_PREFIX } = eventAggregate;
export const streamOf = (eventId: string) => `${EVENT_STREAM_PREFIX}${eventId}`;
export const eventIdOfStream = (stream: string) => stream.slice(EVENT_STREAM_PREFIX.length);
