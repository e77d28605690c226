import { hash } from 'node:crypto';
import type { ReadSubtrees } from '../../../src/application/transparency/subtrees.ts';

const sha256 = (...parts: readonly Uint8Array[]) => hash('sha256', Buffer.concat(parts), 'buffer');

/** RFC 6962, section 2.1, word for word: a second opinion, as slow as it is plain. */
export function plainRoot(entries: readonly Uint8Array[]): Buffer {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Buffer.from([0]), only);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return sha256(Buffer.from([1]), plainRoot(entries.slice(0, split)), plainRoot(entries.slice(split)));
}

/** Each hash is computed once. */
export function readingEntries(entries: readonly Uint8Array[]): ReadSubtrees {
  const known = new Map<string, Buffer>();
  return async (subtrees) =>
    subtrees.map(({ level, index }) => {
      const hashed =
        known.get(`${level}/${index}`) ?? plainRoot(entries.slice(index * 2 ** level, (index + 1) * 2 ** level));
      known.set(`${level}/${index}`, hashed);
      return hashed;
    });
}

/** As many entries as asked for, each another one. */
export const numbered = (count: number) => Array.from({ length: count }, (_, index) => Buffer.from(`entry ${index}`));
