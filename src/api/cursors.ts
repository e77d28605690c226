import { createHmac, timingSafeEqual } from 'node:crypto';
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
 * A position in a list as opaque text, with a keyed digest (HMAC-SHA-256, 128 bits) of whose list it is and how it was
 * filtered: only who has the key can make one. What may be seen is decided with every request all the same.
 */
export const cursorOf = ({ createdAt, id }: EventPlace, list: ListIdentity, key: Buffer): string =>
  sealed(JSON.stringify([createdAt, id]), list, key);

/** The same of a list whose positions are texts of another form. */
export function sealed(text: string, list: ListIdentity, key: Buffer): string {
  return Buffer.concat([mark(text, list, key), Buffer.from(text)]).toString('base64url');
}

/** The position; `null` when the cursor was made for another list, or with another key. */
export function placeOf(cursor: string, list: ListIdentity, key: Buffer): EventPlace | null {
  const text = opened(cursor, list, key);
  if (text === null) return null;
  try {
    const [createdAt, id] = place.parse(JSON.parse(text));
    return { createdAt, id };
  } catch {
    return null;
  }
}

/** What was sealed; `null` when that was not done for this list, with this key. */
export function opened(cursor: string, list: ListIdentity, key: Buffer): string | null {
  const bytes = Buffer.from(cursor, 'base64url');
  // Decoding overlooks characters and bits that encoding would not have written.
  if (bytes.toString('base64url') !== cursor) return null;
  const text = bytes.toString('utf8', MARK_BYTES);
  const given = bytes.subarray(0, MARK_BYTES);
  if (given.length < MARK_BYTES || !timingSafeEqual(mark(text, list, key), given)) return null;
  return text;
}

const place = z.tuple([
  z.iso.datetime({ precision: 3 }).refine((createdAt) => isInRange(Date.parse(createdAt))),
  z.guid(),
]);

const mark = (text: string, { clientId, filters }: ListIdentity, key: Buffer) =>
  createHmac('sha256', key)
    .update(canonicalJson(['cursor', clientId, filters, text]))
    .digest()
    .subarray(0, MARK_BYTES);
