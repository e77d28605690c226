import type { TreeReader } from '../ports/tree-store.ts';
import { leafHash } from '../transparency/hashing.ts';
import { treeRoot } from '../transparency/make-proofs.ts';
import { TILE_WIDTH, type TileName, tilePath } from '../transparency/tile-names.ts';
import { completeRoot, hashesAt, newTiles, readingTiles } from '../transparency/tiles.ts';
import { AuditTreeDamaged } from './failures.ts';
import { readBundle, readTile } from './read-tile.ts';

/**
 * The root of the first `to` leaves, computed from what is stored and from nothing in memory: a bit that flipped on the
 * way there must not be signed. Each tile that is new since `from` is held against the entries or tiles below it.
 * @throws {AuditTreeDamaged} naming the tile. @throws {AuditTreeUnavailable}
 */
export async function rootOfStored(from: number, to: number, store: Pick<TreeReader, 'read'>): Promise<Buffer> {
  /** Of the full tiles below, which are each read once. */
  const roots = new Map<string, Buffer>();
  const rootBelow = async (name: TileName) =>
    roots.get(tilePath(name)) ?? completeRoot(await readTile(store, name), 0, TILE_WIDTH);

  for (const name of newTiles(from, to)) {
    const { level, index, width } = name;
    if (level === 'entries') continue;
    const tile = await readTile(store, name);
    const hashes = level === 0 ? await readBundle(store, { ...name, level: 'entries' }, leafHash) : [];
    const first = Math.max(0, hashesAt(level, from) - index * TILE_WIDTH);
    for (let at = level === 0 ? 0 : first; at < width; at += 1) {
      const below = { level: level - 1, index: index * TILE_WIDTH + at, width: TILE_WIDTH };
      const computed = hashes[at] ?? (await rootBelow(below));
      if (!computed.equals(tile.subarray(at * 32, (at + 1) * 32)))
        throw new AuditTreeDamaged(`${tilePath(name)} of the audit tree: hash ${at} is not that of what is below it`);
    }
    if (width === TILE_WIDTH) roots.set(tilePath(name), completeRoot(tile, 0, TILE_WIDTH));
  }
  return treeRoot(
    to,
    readingTiles(to, (name) => readTile(store, name)),
  );
}
