import { Malformed } from './failures.ts';

/**
 * The bytes of a text in standard base64 (RFC 4648, section 4) with its padding. One text for the same bytes: a second
 * one, which Node would also read, could change a file without changing what it says.
 * @throws {Malformed}
 */
export function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Malformed(what, 'is not in standard base64');
  return bytes;
}

/** The same for a SHA-256 hash. @throws {Malformed} */
export function decodeHash(text: string, what: string): Buffer {
  const bytes = decodeBase64(text, what);
  if (bytes.length !== 32) throw new Malformed(what, `has ${bytes.length} bytes, and a hash has 32`);
  return bytes;
}
