import { EMPTY_ROOT, nodeHash } from './hashing.ts';

/** A complete subtree: the 2^level leaves from leaf `index` × 2^level on. Its hash never changes, however the tree grows. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The leaves from `from` up to and without `to`. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** Where hashes are kept: one for each subtree asked for, in that order. */
export type ReadSubtrees = (subtrees: readonly Subtree[]) => Promise<readonly Buffer[]>;

/** The fewest complete subtrees that a range is made of, from left to right. */
export function subtreesOf({ from, to }: LeafRange): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  let at = from;
  while (at < to) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
}

/** Where RFC 6962 splits a tree of so many leaves, two at least: the largest power of two below their number. */
export function splitOf(leaves: number): number {
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  return split;
}

/**
 * The hash over subtrees of falling size, as those of a whole tree or of its right side are. (One of 2^53 leaves has at
 * most 53.)
 */
export function joinSubtrees(hashes: readonly Buffer[]): Buffer {
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}
