import { hash } from 'node:crypto';
import { canonicalJson } from '../application/envelope.ts';

const MARK_BYTES = 16;

/** Everything that a place in a list belongs to: another list's place means nothing here. */
export interface ListIdentity {
  readonly clientId: string;
  readonly filters: Readonly<Record<string, unknown>>;
}

/**
 * A place in a list as opaque text, marked with whose list it is and how it was filtered. The mark finds mistakes and
 * tampering by accident; it is no secret, because a forged cursor could only make its owner's own list begin elsewhere:
 * what may be seen is decided anew with every request. So several processes need not share a key.
 */
export function cursorOf(place: string, list: ListIdentity): string {
  return Buffer.concat([mark(place, list), Buffer.from(place)]).toString('base64url');
}

/** The place; `null` when the cursor was made for another list, or not by us. */
export function placeOf(cursor: string, list: ListIdentity): string | null {
  const bytes = Buffer.from(cursor, 'base64url');
  // Decoding overlooks characters and bits that encoding would not have written.
  if (bytes.toString('base64url') !== cursor || bytes.length <= MARK_BYTES) return null;
  const place = bytes.toString('utf8', MARK_BYTES);
  return mark(place, list).equals(bytes.subarray(0, MARK_BYTES)) ? place : null;
}

const mark = (place: string, { clientId, filters }: ListIdentity) =>
  hash('sha256', canonicalJson(['cursor', clientId, filters, place]), 'buffer').subarray(0, MARK_BYTES);
