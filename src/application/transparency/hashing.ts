import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

// RFC 6962, section 2.1. What is hashed begins with 0 for a leaf and with 1 for a node, so that neither can pass for the other.
// Hashes come as text with a character for each byte, and are written to where they belong: a Buffer for each costs more
// than the hashing.
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);
let leaf = Buffer.alloc(1024);

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

export const leafHash = (entry: Uint8Array): Buffer => Buffer.from(leafDigest(entry), 'binary');

/** Writes the hash of an entry to `to`, from byte `at` on. */
export function writeLeafHash(entry: Uint8Array, to: Buffer, at: number): void {
  to.write(leafDigest(entry), at, HASH_BYTES, 'binary');
}

function leafDigest(entry: Uint8Array): string {
  if (entry.length >= leaf.length) leaf = Buffer.alloc(2 * entry.length);
  leaf.set(entry, 1);
  return hash('sha256', leaf.subarray(0, 1 + entry.length), 'binary');
}

/** Of two hashes. */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(node, 1);
  right.copy(node, 1 + HASH_BYTES);
  return Buffer.from(hash('sha256', node, 'binary'), 'binary');
}

/** Writes the hash of two that stand beside each other in `hashes`, from byte `from` on, to byte `at` there. */
export function writeNodeHash(hashes: Buffer, from: number, at: number): void {
  hashes.copy(node, 1, from, from + 2 * HASH_BYTES);
  hashes.write(hash('sha256', node, 'binary'), at, HASH_BYTES, 'binary');
}
