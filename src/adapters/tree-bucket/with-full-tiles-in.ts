import type { Tile, TreeReader, TreeStore } from '../../application/ports/tree-store.ts';
import { someAtOnce } from '../../application/some-at-once.ts';
import { TILE_WIDTH, type TileName, tilePath } from '../../application/transparency/tile-names.ts';
import type { Bucket } from './bucket-client.ts';

const OBJECTS_AT_ONCE = 16;

const isFull = ({ width }: TileName) => width === TILE_WIDTH;

/**
 * A tree whose full tiles, which never change, are in a bucket, under `prefix` and the paths of C2SP tlog-tiles. What does
 * change stays where it was: partial tiles, and the state with its lock. So do full tiles of before there was a bucket.
 */
export const readerWithFullTilesIn = (bucket: Bucket, prefix: string, tree: TreeReader): TreeReader => ({
  state: () => tree.state(),
  read: async (name) =>
    (isFull(name) ? await bucket.read(`${prefix}/${tilePath(name)}`) : null) ?? (await tree.read(name)),
});

/** The same, for its owner. */
export const storeWithFullTilesIn = (bucket: Bucket, prefix: string, tree: TreeStore): TreeStore => ({
  ...readerWithFullTilesIn(bucket, prefix, tree),
  async write(tiles) {
    const full: Tile[] = [];
    const partial: Tile[] = [];
    for (const tile of tiles) (isFull(tile) ? full : partial).push(tile);
    await someAtOnce(full, OBJECTS_AT_ONCE, (tile) => bucket.write(`${prefix}/${tilePath(tile)}`, tile.bytes));
    await tree.write(partial);
  },
  commit: (from, to) => tree.commit(from, to),
  deletePartials: (tiles) => tree.deletePartials(tiles),
});
