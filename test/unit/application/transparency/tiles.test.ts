import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBundle, encodeBundle } from '../../../../src/application/transparency/entry-bundles.ts';
import { leafHash } from '../../../../src/application/transparency/hashing.ts';
import {
  makeConsistencyProof,
  makeInclusionProof,
  treeRoot,
} from '../../../../src/application/transparency/make-proofs.ts';
import { parseTilePath, type TileName, tilePath } from '../../../../src/application/transparency/tile-names.ts';
import { completeRoot, newTiles, readingTiles } from '../../../../src/application/transparency/tiles.ts';
import { isConsistent, isIncluded } from '../../../../src/application/transparency/verify-proofs.ts';
import { numbered, plainRoot } from '../../../support/transparency/plain-tree.ts';

/** The tiles of a tree, each made from the entries alone. */
function tilesOf(entries: readonly Buffer[]): ReadonlyMap<string, Buffer> {
  const tiles = new Map<string, Buffer>();
  let hashes = entries.map(leafHash);
  for (let level = 0; hashes.length > 0; level++) {
    const above: Buffer[] = [];
    for (let index = 0; index * 256 < hashes.length; index++) {
      const tile = Buffer.concat(hashes.slice(index * 256, (index + 1) * 256));
      const width = tile.length / 32;
      tiles.set(tilePath({ level, index, width }), tile);
      if (width === 256) above.push(completeRoot(tile, 0, 256));
    }
    hashes = above;
  }
  return tiles;
}

describe('the tiles of a tree', () => {
  const countsOf = (names: readonly TileName[]) =>
    names.filter(({ level }) => level !== 'entries').map(({ level, width }) => [level, width] as const);

  it('are those of the examples of C2SP tlog-tiles', () => {
    const of70000 = countsOf(newTiles(0, 70_000));
    expect(of70000.filter(([level, width]) => level === 0 && width === 256)).toHaveLength(273);
    expect(of70000.filter(([level, width]) => level !== 0 || width < 256)).toEqual([
      [0, 112],
      [1, 256],
      [1, 17],
      [2, 1],
    ]);
    expect(countsOf(newTiles(0, 256))).toEqual([
      [0, 256],
      [1, 1],
    ]);
  });

  it('each come once when the tree grows in steps, and those of the last size are all there', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }), (steps) => {
        const sizes = steps.map((_, at) => steps.slice(0, at + 1).reduce((sum, step) => sum + step, 0));
        const written = sizes.flatMap((size, at) => newTiles(sizes[at - 1] ?? 0, size).map(tilePath));
        expect(new Set(written).size).toBe(written.length);
        const full = (paths: readonly string[]) => paths.filter((path) => !path.includes('.p/')).sort();
        const atOnce = newTiles(0, sizes.at(-1) ?? 0).map(tilePath);
        expect(full(written)).toEqual(full(atOnce));
        // A partial tile that did not change since an earlier size was written then.
        expect(written).toEqual(expect.arrayContaining(atOnce));
      }),
    );
  });

  it('give the hashes that roots and proofs are made of', async () => {
    const entries = numbered(65_800);
    for (const size of [1, 255, 256, 257, 600, 65_800]) {
      const some = entries.slice(0, size);
      const tiles = tilesOf(some);
      const read = readingTiles(size, async (name) => tiles.get(tilePath(name)) ?? Buffer.of());
      const tree = { size, root: plainRoot(some) };
      expect(await treeRoot(size, read)).toEqual(tree.root);
      const index = Math.floor(size / 3);
      const leaf = leafHash(some[index] ?? Buffer.of());
      expect(isIncluded(leaf, index, tree, await makeInclusionProof(index, size, read))).toBe(true);
      const older = { size: 300, root: plainRoot(some.slice(0, 300)) };
      if (size > 300) expect(isConsistent(older, tree, await makeConsistencyProof(300, size, read))).toBe(true);
    }
  });

  it('are refused when one is shorter than its name says', async () => {
    const read = readingTiles(3, async () => Buffer.alloc(64));
    await expect(treeRoot(3, read)).rejects.toThrow('tile/0/000.p/3: has 64 bytes, and has to have 96');
  });
});

describe('the path of a tile', () => {
  it('is that of the example of C2SP tlog-tiles', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 'entries', index: 273, width: 112 })).toBe('tile/entries/273.p/112');
  });

  it('says which tile it is of', () => {
    const level = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const));
    const name = fc.record({ level, index: fc.maxSafeNat(), width: fc.integer({ min: 1, max: 256 }) });
    fc.assert(
      fc.property(name, (given) => {
        expect(parseTilePath(tilePath(given))).toEqual(given);
      }),
    );
  });

  it.each([
    'tile/0/67',
    'tile/0/x000/067',
    'tile/0/001/067',
    'tile/00/067',
    'tile/64/067',
    'tile/-1/067',
    'tile/data/067',
    'tile/0/067.p/0',
    'tile/0/067.p/256',
    'tile/0/067.p/01',
    'tile/0/067.p/',
    'tile/0/067/',
    'tile/0/../067',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
    '',
  ])('is not: %s', (path) => {
    expect(() => parseTilePath(path)).toThrow('The path: is not that of a tile');
  });
});

describe('an entry bundle', () => {
  it('gives the entries back', () => {
    const entry = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        expect(decodeBundle(encodeBundle(entries), entries.length)).toEqual(entries);
      }),
    );
  });

  it('has the length of each entry before it, in two bytes', () => {
    expect(encodeBundle([Buffer.from('one'), Buffer.of()]).toString('hex')).toBe('00036f6e650000');
  });

  it.each([
    ['0003 6f6e', 1, 'ends within an entry'],
    ['00', 1, 'ends within an entry'],
    ['0001 6f', 2, 'has 1 entries, and has to have 2'],
    ['0001 6f 0001 6f', 1, 'has 2 entries, and has to have 1'],
  ])('is refused: %s as %i', (hex, count, problem) => {
    const bundle = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(() => decodeBundle(bundle, count)).toThrow(`The entry bundle: ${problem}`);
  });

  it('takes no entry that is longer than two bytes can say', () => {
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow(RangeError);
  });
});
