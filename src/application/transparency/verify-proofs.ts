import { EMPTY_ROOT, nodeHash } from './hashing.ts';
import { inclusionPath, rangePath } from './make-proofs.ts';
import { joinSubtrees, type LeafRange, subtreesOf } from './subtrees.ts';
import { completeRoot } from './tiles.ts';

export interface Tree {
  readonly size: number;
  readonly root: Buffer;
}

/** The most hashes that a proof can have in a tree whose size is a 64-bit number. */
export const MAX_PROOF_HASHES = 63;

/** Whether `proof` shows that the tree has this leaf at `index`. */
export function isIncluded(leaf: Buffer, index: number, { size, root }: Tree, proof: readonly Buffer[]): boolean {
  if (index >= size) return false;
  return leadsTo(root, leaf, inclusionPath(index, size), proof, index);
}

/** Whether `proof` shows that the tree has exactly these leaves in a range as `makeRangeProof` has it. */
export function isRangeIncluded(
  leaves: readonly Buffer[],
  range: LeafRange,
  { size, root }: Tree,
  proof: readonly Buffer[],
): boolean {
  if (range.to > size || leaves.length !== range.to - range.from) return false;
  const hashes = Buffer.concat(leaves);
  const subtree = joinSubtrees(
    subtreesOf({ from: 0, to: leaves.length }).map(({ level, index }) =>
      completeRoot(hashes, index * 2 ** level, 2 ** level),
    ),
  );
  return leadsTo(root, subtree, rangePath(range, size), proof, range.from);
}

function leadsTo(
  root: Buffer,
  start: Buffer,
  path: readonly LeafRange[],
  proof: readonly Buffer[],
  index: number,
): boolean {
  if (path.length !== proof.length) return false;
  const computed = proof.reduce((hash, beside, step) => {
    const isLeft = (path[step]?.to ?? 0) <= index;
    return isLeft ? nodeHash(beside, hash) : nodeHash(hash, beside);
  }, start);
  return computed.equals(root);
}

/**
 * Whether `proof` shows that the newer tree begins with all leaves of the older one, in their order: RFC 9162, section
 * 2.1.4.2. An empty tree is the beginning of every tree.
 */
export function isConsistent(older: Tree, newer: Tree, proof: readonly Buffer[]): boolean {
  if (older.size > newer.size || (older.size === 0 && !older.root.equals(EMPTY_ROOT))) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  if (older.size === 0) return proof.length === 0;
  // A complete subtree of the newer tree: its hash is not in the proof.
  const [first, ...rest] = subtreesOf({ from: 0, to: older.size }).length === 1 ? [older.root, ...proof] : proof;
  if (first === undefined) return false;

  // The last leaf of each tree, and on the way up the subtree that it is in.
  let inOlder = older.size - 1;
  let inNewer = newer.size - 1;
  const up = () => {
    inOlder = Math.floor(inOlder / 2);
    inNewer = Math.floor(inNewer / 2);
  };
  while (inOlder % 2 === 1) up();

  let [olderRoot, newerRoot] = [first, first];
  for (const hash of rest) {
    if (inNewer === 0) return false;
    if (inOlder % 2 === 1 || inOlder === inNewer) {
      olderRoot = nodeHash(hash, olderRoot);
      newerRoot = nodeHash(hash, newerRoot);
      while (inOlder !== 0 && inOlder % 2 === 0) up();
    } else {
      newerRoot = nodeHash(newerRoot, hash);
    }
    up();
  }
  return inNewer === 0 && olderRoot.equals(older.root) && newerRoot.equals(newer.root);
}
