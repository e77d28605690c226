import { Malformed } from './failures.ts';
import { HASH_BYTES, writeNodeHash } from './hashing.ts';
import type { ReadSubtrees, Subtree } from './subtrees.ts';
import { TILE_LEVELS, TILE_WIDTH, type TileName, tilePath } from './tile-names.ts';

const work = Buffer.alloc(TILE_WIDTH * HASH_BYTES);

/** How many hashes a tree of `size` leaves has at a tile's level. */
export const hashesAt = (level: number, size: number) => Math.floor(size / TILE_WIDTH ** level);

/**
 * The tiles that a tree of `to` leaves has and one of `from` leaves has not, those at the right edge partial; with each
 * tile of level 0 the bundle of its entries.
 */
export function newTiles(from: number, to: number): readonly TileName[] {
  const names: TileName[] = [];
  for (let level = 0; hashesAt(level, to) > 0; level += 1) {
    const [before, after] = [hashesAt(level, from), hashesAt(level, to)];
    for (let index = Math.floor(before / TILE_WIDTH); before < after && index * TILE_WIDTH < after; index += 1) {
      const width = Math.min(TILE_WIDTH, after - index * TILE_WIDTH);
      names.push({ level, index, width });
      if (level === 0) names.push({ level: 'entries', index, width });
    }
  }
  return names;
}

/**
 * Reads hashes of a tree of `size` leaves out of its tiles, each tile once for each call.
 * @param readTile gives a tile as it is kept. Whether that is the right one shows in the root that it leads to.
 * @throws {Malformed} when a tile has not the length that it has to have.
 */
export function readingTiles(size: number, readTile: (name: TileName) => Promise<Buffer>): ReadSubtrees {
  return async (subtrees) => {
    const tiles = new Map<string, Buffer>();
    const hashes: Buffer[] = [];
    for (const subtree of subtrees) {
      const name = tileOf(subtree, size);
      const path = tilePath(name);
      const tile = tiles.get(path) ?? (await readTile(name));
      tiles.set(path, requireTileLength(name, tile));
      hashes.push(subtreeHash(subtree, tile));
    }
    return hashes;
  };
}

/** A tile of hashes, as it is. @throws {Malformed} when it has not the length that it has to have. */
export function requireTileLength(name: TileName, tile: Buffer): Buffer {
  const { length } = tile;
  const right = name.width * HASH_BYTES;
  if (length !== right) throw new Malformed(tilePath(name), `has ${length} bytes, and has to have ${right}`);
  return tile;
}

function tileOf({ level, index }: Subtree, size: number): TileName {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const tileIndex = Math.floor((index * 2 ** (level % TILE_LEVELS)) / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, hashesAt(tileLevel, size) - tileIndex * TILE_WIDTH);
  return { level: tileLevel, index: tileIndex, width };
}

function subtreeHash({ level, index }: Subtree, tile: Buffer): Buffer {
  const leaves = 2 ** (level % TILE_LEVELS);
  return completeRoot(tile, (index * leaves) % TILE_WIDTH, leaves);
}

/** The hash over `count` hashes of a tile from `from` on; `count` is a power of two. */
export function completeRoot(tile: Buffer, from: number, count: number): Buffer {
  tile.copy(work, 0, from * HASH_BYTES, (from + count) * HASH_BYTES);
  for (let width = count; width > 1; width /= 2)
    for (let at = 0; at < width / 2; at += 1) writeNodeHash(work, 2 * at * HASH_BYTES, at * HASH_BYTES);
  return Buffer.from(work.subarray(0, HASH_BYTES));
}
