import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../application/canonical-json.ts';
import type { EventPlace } from '../projections/events/queries.ts';
import { isInRange } from './intake/query.ts';

const MARK_BYTES = 16;

/** Everything that a cursor belongs to: another list's cursor means nothing here. */
export interface ListIdentity {
  readonly clientId: string;
  readonly filters: Readonly<Record<string, unknown>>;
}

/**
 * A position in a list as opaque text, marked with whose list it is and how it was filtered. The mark finds mistakes and
 * tampering by accident; it is no secret, because a forged cursor could only make its owner's own list begin elsewhere:
 * what may be seen is decided with every request. So several processes need not share a key.
 */
export function cursorOf({ createdAt, id }: EventPlace, list: ListIdentity): string {
  const text = JSON.stringify([createdAt, id]);
  return Buffer.concat([mark(text, list), Buffer.from(text)]).toString('base64url');
}

/** The position; `null` when the cursor was made for another list, or not by us. */
export function placeOf(cursor: string, list: ListIdentity): EventPlace | null {
  const bytes = Buffer.from(cursor, 'base64url');
  // Decoding overlooks characters and bits that encoding would not have written.
  if (bytes.toString('base64url') !== cursor) return null;
  const text = bytes.toString('utf8', MARK_BYTES);
  if (!mark(text, list).equals(bytes.subarray(0, MARK_BYTES))) return null;
  try {
    const [createdAt, id] = place.parse(JSON.parse(text));
    return { createdAt, id };
  } catch {
    return null;
  }
}

const place = z.tuple([
  z.iso.datetime({ precision: 3 }).refine((createdAt) => isInRange(Date.parse(createdAt))),
  z.guid(),
]);

const mark = (text: string, { clientId, filters }: ListIdentity) =>
  hash('sha256', canonicalJson(['cursor', clientId, filters, text]), 'buffer').subarray(0, MARK_BYTES);
