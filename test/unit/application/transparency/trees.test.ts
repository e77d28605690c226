import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_ROOT, leafHash } from '../../../../src/application/transparency/hashing.ts';
import {
  makeConsistencyProof,
  makeInclusionProof,
  treeRoot,
} from '../../../../src/application/transparency/make-proofs.ts';
import { isConsistent, isIncluded } from '../../../../src/application/transparency/verify-proofs.ts';
import { numbered, plainRoot, readingEntries } from '../../../support/transparency/plain-tree.ts';
import {
  publishedConsistencies,
  publishedEntries,
  publishedInclusions,
  publishedRoots,
} from '../../../support/transparency/published-trees.ts';

const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));
const first = <Item>(items: readonly Item[], count: number) => items.slice(0, count);

describe('a tree of RFC 6962', () => {
  const read = readingEntries(publishedEntries);
  const publishedTree = (size: number) => ({ size, root: Buffer.from(publishedRoots[size] ?? '', 'hex') });

  it.each(publishedRoots.map((root, size) => [size, root] as const))(
    'of %i leaves has the root that is published',
    async (size, root) => {
      expect((await treeRoot(size, read)).toString('hex')).toBe(root);
    },
  );

  it.each(publishedInclusions)('has leaf %i of %i, by the proof that is published', async (index, size, proof) => {
    const made = await makeInclusionProof(index, size, readingEntries(first(publishedEntries, size)));
    expect(hex(made)).toEqual(proof);
    expect(isIncluded(leafHash(publishedEntries[index] ?? Buffer.of()), index, publishedTree(size), made)).toBe(true);
  });

  it.each(publishedConsistencies)(
    'of %i leaves is the beginning of that of %i, by the proof that is published',
    async (older, newer, proof) => {
      const made = await makeConsistencyProof(older, newer, readingEntries(first(publishedEntries, newer)));
      expect(hex(made)).toEqual(proof);
      expect(isConsistent(publishedTree(older), publishedTree(newer), made)).toBe(true);
    },
  );
});

const entries = numbered(70);
const roots = entries.map((_, size) => plainRoot(first(entries, size)));
const treeOf = (size: number) => ({ size, root: roots[size] ?? EMPTY_ROOT });
const read = readingEntries(entries);

/** Each way in which one proof can be another: a bit changed, a hash missing, one too many, two in the other order. */
function altered(proof: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const flipped = proof.map((hash, at) => {
    const other = Buffer.from(hash);
    other[at % 32] = (other[at % 32] ?? 0) ^ 1;
    return proof.with(at, other);
  });
  const swapped = proof.slice(1).map((hash, at) => proof.with(at, hash).with(at + 1, proof[at] ?? hash));
  return [
    ...flipped,
    ...swapped,
    proof.slice(1),
    proof.slice(0, -1),
    [...proof, EMPTY_ROOT],
    [EMPTY_ROOT, ...proof],
  ].filter((other) => hex(other).join() !== hex(proof).join());
}

describe('an inclusion proof', () => {
  it('holds for each leaf of each tree, and for no other leaf, index, size or root', async () => {
    for (const size of [1, 2, 3, 4, 5, 7, 8, 13, 32, 33]) {
      const tree = treeOf(size);
      for (let index = 0; index < size; index++) {
        const leaf = leafHash(entries[index] ?? Buffer.of());
        const proof = await makeInclusionProof(index, size, read);
        expect(isIncluded(leaf, index, tree, proof)).toBe(true);
        expect(isIncluded(leafHash(Buffer.from('another')), index, tree, proof)).toBe(false);
        expect(isIncluded(leaf, index + 1, tree, proof)).toBe(false);
        expect(isIncluded(leaf, index, treeOf(size + 1), proof)).toBe(false);
        for (const other of altered(proof)) expect(isIncluded(leaf, index, tree, other)).toBe(false);
      }
    }
  });
});

describe('a consistency proof', () => {
  it('holds from each tree to each later one, and for no other size or root', async () => {
    for (let newer = 1; newer <= 20; newer++)
      for (let older = 0; older <= newer; older++) {
        const proof = await makeConsistencyProof(older, newer, read);
        expect(isConsistent(treeOf(older), treeOf(newer), proof)).toBe(true);
        expect(isConsistent({ size: older, root: treeOf(older + 1).root }, treeOf(newer), proof)).toBe(false);
        expect(isConsistent(treeOf(older), { size: newer, root: treeOf(newer + 1).root }, proof)).toBe(
          older === 0 && older < newer,
        );
        if (older < newer) expect(isConsistent(treeOf(newer), treeOf(older), proof)).toBe(false);
        for (const other of altered(proof)) expect(isConsistent(treeOf(older), treeOf(newer), other)).toBe(false);
      }
  });

  it('does not exist from a tree with one leaf changed, swapped or left out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), async (size, one, other) => {
        const changed = first(entries, size);
        const [from, to] = [one % size, other % size];
        const rewritten = [
          changed.with(from, Buffer.from('changed')),
          changed.toSpliced(from, 1),
          ...(from === to
            ? []
            : [changed.with(from, entries[to] ?? Buffer.of()).with(to, entries[from] ?? Buffer.of())]),
        ];
        for (const earlier of rewritten) {
          const older = { size: earlier.length, root: plainRoot(earlier) };
          const newer = treeOf(size + 1 + (other % 9));
          const proof = await makeConsistencyProof(older.size, newer.size, read);
          // A leaf that was left out at the end is a shorter beginning.
          if (from < earlier.length) expect(isConsistent(older, newer, proof)).toBe(false);
        }
      }),
    );
  });
});
