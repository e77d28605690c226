import type { Tile } from '../ports/tree-store.ts';
import { decodeBundle, encodeBundle } from './entry-bundles.ts';
import { HASH_BYTES, writeLeafHash } from './hashing.ts';
import { joinSubtrees, subtreesOf } from './subtrees.ts';
import { TILE_WIDTH, type TileName } from './tile-names.ts';
import { completeRoot, hashesAt } from './tiles.ts';

export interface GrowingTree {
  size(): number;
  append(entry: Buffer): void;
  root(): Buffer;
  /** The tiles that are new since this was called last: those that are full, and those at the right edge as they are. */
  takeTiles(): readonly Tile[];
}

/** A tile that is being filled. */
interface Edge {
  readonly hashes: Buffer;
  width: number;
}

/**
 * A tree that grows leaf by leaf. It keeps its right edge, less than a tile for each level, and the tiles that have not been taken.
 * @param edge partial tiles of a tree of `size` leaves, from which it goes on.
 */
export function createGrowingTree(size = 0, edge: readonly Tile[] = []): GrowingTree {
  const full: Tile[] = [];
  const edges: Edge[] = [];
  let entries: Buffer[] = [];
  let leaves = size;
  let taken = size;
  const edgeAt = (level: number): Edge =>
    (edges[level] ??= { hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES), width: 0 });
  const indexAt = (level: number) => Math.floor(hashesAt(level, leaves) / TILE_WIDTH);

  for (let level = 0; hashesAt(level, size) > 0; level += 1) edgeAt(level);
  for (const { level, width, bytes } of edge)
    if (level === 'entries') entries = [...decodeBundle(bytes, width)];
    else edges[level] = { hashes: Buffer.concat([bytes], TILE_WIDTH * HASH_BYTES), width };

  /** A hash was written behind the last of a level. */
  function grow(level: number): void {
    const at = edgeAt(level);
    at.width += 1;
    if (at.width < TILE_WIDTH) return;
    full.push({ level, index: indexAt(level) - 1, width: TILE_WIDTH, bytes: Buffer.from(at.hashes) });
    at.width = 0;
    const above = edgeAt(level + 1);
    completeRoot(at.hashes, 0, TILE_WIDTH).copy(above.hashes, above.width * HASH_BYTES);
    grow(level + 1);
  }

  return {
    size: () => leaves,
    append(entry) {
      leaves += 1;
      entries.push(entry);
      if (entries.length === TILE_WIDTH) {
        full.push({ level: 'entries', index: indexAt(0) - 1, width: TILE_WIDTH, bytes: encodeBundle(entries) });
        entries = [];
      }
      const { hashes, width } = edgeAt(0);
      writeLeafHash(entry, hashes, width * HASH_BYTES);
      grow(0);
    },
    root: () =>
      joinSubtrees(
        edges
          .map(({ hashes, width }) =>
            subtreesOf({ from: 0, to: width }).map(({ level, index }) =>
              completeRoot(hashes, index * 2 ** level, 2 ** level),
            ),
          )
          .toReversed()
          .flat(),
      ),
    takeTiles() {
      const tiles = full.splice(0);
      if (leaves > taken && entries.length > 0)
        tiles.push({ level: 'entries', index: indexAt(0), width: entries.length, bytes: encodeBundle(entries) });
      for (const [level, { hashes, width }] of edges.entries())
        if (width > 0 && hashesAt(level, leaves) > hashesAt(level, taken))
          tiles.push({
            level,
            index: indexAt(level),
            width,
            bytes: Buffer.from(hashes.subarray(0, width * HASH_BYTES)),
          });
      taken = leaves;
      return tiles;
    },
  };
}

/** The partial tiles at the right edge of a tree, with the bundle of its last entries. */
export function edgeOf(size: number): readonly TileName[] {
  const names: TileName[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const hashes = hashesAt(level, size);
    const name = { index: Math.floor(hashes / TILE_WIDTH), width: hashes % TILE_WIDTH };
    if (name.width > 0)
      names.push({ level, ...name }, ...(level === 0 ? [{ level: 'entries' as const, ...name }] : []));
  }
  return names;
}
