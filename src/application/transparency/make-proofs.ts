import { joinSubtrees, type LeafRange, type ReadSubtrees, splitOf, subtreesOf } from './subtrees.ts';

/** The root of the tree that the first `size` leaves make. */
export const treeRoot = async (size: number, read: ReadSubtrees): Promise<Buffer> =>
  joinSubtrees(await read(subtreesOf({ from: 0, to: size })));

/** RFC 6962, section 2.1.1: from the leaf's sibling up to the child of the root. `index` is below `size`. */
export const makeInclusionProof = (index: number, size: number, read: ReadSubtrees): Promise<readonly Buffer[]> =>
  hashesOf(inclusionPath(index, size), read);

/** RFC 6962, section 2.1.2. `older` is at most `newer`; from an empty tree, or between the same, it has no hashes. */
export const makeConsistencyProof = (older: number, newer: number, read: ReadSubtrees): Promise<readonly Buffer[]> =>
  hashesOf(older === 0 ? [] : consistencyPath(older, newer), read);

/** What stands beside the way from a leaf to the root. */
export function inclusionPath(index: number, size: number): readonly LeafRange[] {
  const beside: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      beside.unshift({ from: middle, to });
      to = middle;
    } else {
      beside.unshift({ from, to: middle });
      from = middle;
    }
  }
  return beside;
}

/**
 * That the tree has all leaves of a range: `from` is a multiple of the tiles' width, and `to` the next one or the size of the
 * tree, so that they are a subtree of it. From the subtree's sibling up.
 */
export const makeRangeProof = (range: LeafRange, size: number, read: ReadSubtrees): Promise<readonly Buffer[]> =>
  hashesOf(rangePath(range, size), read);

/** What stands beside the way from such a subtree to the root. */
export const rangePath = ({ from, to }: LeafRange, size: number): readonly LeafRange[] =>
  inclusionPath(from, size).filter((beside) => beside.from < from || beside.to > to);

function consistencyPath(older: number, newer: number): readonly LeafRange[] {
  const beside: LeafRange[] = [];
  let [from, to] = [0, newer];
  while (to > older) {
    const middle = from + splitOf(to - from);
    if (older <= middle) {
      beside.unshift({ from: middle, to });
      to = middle;
    } else {
      beside.unshift({ from, to: middle });
      from = middle;
    }
  }
  // The older tree itself is not repeated: who verifies knows its root.
  return from === 0 ? beside : [{ from, to }, ...beside];
}

async function hashesOf(ranges: readonly LeafRange[], read: ReadSubtrees): Promise<readonly Buffer[]> {
  const parts = ranges.map(subtreesOf);
  const hashes = await read(parts.flat());
  let taken = 0;
  return parts.map(({ length }) => joinSubtrees(hashes.slice(taken, (taken += length))));
}
