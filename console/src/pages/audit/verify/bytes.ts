export type Bytes = Uint8Array<ArrayBuffer>;

/** A text that is not in the format that it has to have, or not signed by who had to sign it. Nothing of it is believed. */
export class NotVerified extends Error {
  override readonly name = 'NotVerified';
}

export const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));

/** Standard base64 with its padding: one text for the same bytes. @throws {NotVerified} */
export function fromBase64(text: string, what: string): Bytes {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new NotVerified(`${what} is not in base64`);
  }
  if (btoa(binary) !== text) throw new NotVerified(`${what} is not in standard base64`);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export const toHex = (bytes: Bytes): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function join(...parts: readonly (Bytes | readonly number[])[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export const areEqual = (one: Bytes, other: Bytes): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export const sha256OfText = async (text: string): Promise<string> => toHex(await sha256(utf8(text)));
