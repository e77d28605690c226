import { type TileName, tilePath } from '../transparency/tile-names.ts';

/** Tiles that are kept in memory at one time: with each at most 8 KiB. */
const MOST_TILES = 32;

/** Reads a tile of hashes once, as long as it is among the last that came. What has been signed of a tile never changes. */
export function rememberingTiles(read: (name: TileName) => Promise<Buffer>): (name: TileName) => Promise<Buffer> {
  const kept = new Map<string, Buffer>();
  return async (name) => {
    // A bundle of entries is several times as large, and is looked at once.
    if (name.level === 'entries') return read(name);
    const path = tilePath(name);
    const known = kept.get(path);
    if (known !== undefined) return known;
    const bytes = await read(name);
    const [oldest] = kept.keys();
    if (kept.size >= MOST_TILES && oldest !== undefined) kept.delete(oldest);
    kept.set(path, bytes);
    return bytes;
  };
}
