import { hash } from 'node:crypto';

// RFC 6962, section 2.1. What is hashed begins with 0 for a leaf and with 1 for a node, so that neither can pass for the other.
const LEAF = Buffer.from([0]);
const node = Buffer.alloc(1 + 32 + 32, 1);

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

export const leafHash = (entry: Uint8Array): Buffer => hash('sha256', Buffer.concat([LEAF, entry]), 'buffer');

/** Of two hashes with 32 bytes each. */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(node, 1);
  right.copy(node, 33);
  return hash('sha256', node, 'buffer');
}
