import type { TreeReader } from '../ports/tree-store.ts';
import { someAtOnce } from '../some-at-once.ts';
import { HASH_BYTES, writeLeafHash } from '../transparency/hashing.ts';
import { treeRoot } from '../transparency/make-proofs.ts';
import { TILE_WIDTH, type TileName, tilePath } from '../transparency/tile-names.ts';
import { completeRoot, hashesAt, newTiles, readingTiles } from '../transparency/tiles.ts';
import { AuditTreeDamaged } from './failures.ts';
import { readBundle, readTile } from './read-tile.ts';

type HashTileName = TileName & { readonly level: number };

/** With their entries about 1 MB. Waiting for each alone costs several times as much. */
const TILES_AT_ONCE = 16;

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

  /** @throws {AuditTreeDamaged} */
  async function check(name: HashTileName): Promise<void> {
    const { level, index, width } = name;
    const tile = await readTile(store, name);
    const computed = Buffer.from(tile);
    if (level === 0)
      await readBundle(store, { ...name, level: 'entries' }, (entry, at) =>
        writeLeafHash(entry, computed, at * HASH_BYTES),
      );
    else
      for (let at = Math.max(0, hashesAt(level, from) - index * TILE_WIDTH); at < width; at += 1) {
        const below = { level: level - 1, index: index * TILE_WIDTH + at, width: TILE_WIDTH };
        (await rootBelow(below)).copy(computed, at * HASH_BYTES);
      }
    if (!computed.equals(tile))
      throw new AuditTreeDamaged(
        `${tilePath(name)} of the audit tree: hash ${firstDifference(computed, tile)} is not that of what is below it`,
      );
    if (width === TILE_WIDTH) roots.set(tilePath(name), completeRoot(tile, 0, TILE_WIDTH));
  }

  const tiles = newTiles(from, to).filter((name): name is HashTileName => name.level !== 'entries');
  // From the lowest level up: the tiles above need the roots of those below.
  for (const ofLevel of Map.groupBy(tiles, ({ level }) => level).values())
    await someAtOnce(ofLevel, TILES_AT_ONCE, check);
  return treeRoot(
    to,
    readingTiles(to, (name) => readTile(store, name)),
  );
}

function firstDifference(computed: Buffer, tile: Buffer): number {
  return Math.floor(computed.findIndex((byte, at) => byte !== tile[at]) / HASH_BYTES);
}
