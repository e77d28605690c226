import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SecretSource } from '../../application/ports/secret-source.ts';

/** Published in docs/security.md: scanners that look for leaked keys go by it. */
export const apiKeyPattern = /^eo_[0-9A-Za-z]{49}$/;

const START = 'eo_';
/** Beyond 256 bits. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
/** What people recognise a key by. It leaves more than 200 bits that are not shown. */
const PREFIX_LENGTH = START.length + 8;

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export interface NewKey {
  readonly text: string;
  readonly prefix: string;
  readonly keySha256: string;
}

export function newKey(secrets: SecretSource): NewKey {
  const secret = Array.from({ length: SECRET_LENGTH }, () => digits.charAt(secrets.integer(digits.length))).join('');
  const text = START + secret + checksumOf(secret);
  return { text, prefix: text.slice(0, PREFIX_LENGTH), keySha256: digestOf(text) };
}

/** Whether a bearer token means to be a key. No JWT does: they begin with `eyJ`. */
export const isMeantAsKey = (token: string) => token.startsWith(START);

/** Whether its checksum is right: what was mistyped, cut off or made up is refused before any look-up. */
export const isWellFormedKey = (token: string) =>
  apiKeyPattern.test(token) && token.endsWith(checksumOf(token.slice(START.length, START.length + SECRET_LENGTH)));

/** Of a random secret of 256 bits, so that it needs no salt and no slow function: there is nothing to try out. */
export const digestOf = (text: string) => hash('sha256', text, 'hex');

/** CRC-32 as zlib has it, in base62 with leading zeros. */
function checksumOf(secret: string): string {
  let rest = crc32(secret);
  let text = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    text = digits.charAt(rest % digits.length) + text;
    rest = Math.floor(rest / digits.length);
  }
  return text;
}
