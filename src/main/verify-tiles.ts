import { type Entry, parseEntry } from '../application/transparency/entries.ts';
import { decodeBundle } from '../application/transparency/entry-bundles.ts';
import { NotTrusted } from '../application/transparency/failures.ts';
import { createGrowingTree } from '../application/transparency/growing-tree.ts';
import { TILE_WIDTH, type TileName, tilePath } from '../application/transparency/tile-names.ts';
import type { VerifiedCheckpoint } from '../application/transparency/verify-checkpoint.ts';

/**
 * Computes a served tree again from its entries, and holds each tile that is served against it.
 * @param read a tile by its path.
 * @throws {NotTrusted} naming the tile @throws {Malformed}
 */
export async function verifyTiles(
  { size, root }: VerifiedCheckpoint,
  read: (path: string) => Promise<Buffer>,
): Promise<void> {
  const tree = createGrowingTree();
  const checkTiles = async (isLast: boolean) => {
    // What is partial now may be full by the end.
    for (const { bytes, ...name } of tree.takeTiles())
      if (
        (isLast || name.width === TILE_WIDTH) &&
        name.level !== 'entries' &&
        !bytes.equals(await read(tilePath(name)))
      )
        throw new NotTrusted(`${tilePath(name)} is not what its entries make`);
  };
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const name: TileName = { level: 'entries', index, width: Math.min(TILE_WIDTH, size - index * TILE_WIDTH) };
    const entries = decodeBundle(await read(tilePath(name)), name.width, tilePath(name));
    for (const [at, bytes] of entries.entries()) {
      const entry: Entry = parseEntry(bytes.toString());
      if (entry.index !== index * TILE_WIDTH + at)
        throw new NotTrusted(`${tilePath(name)} has leaf ${entry.index} in the place of ${index * TILE_WIDTH + at}`);
      tree.append(bytes);
    }
    await checkTiles(index * TILE_WIDTH + name.width === size);
  }
  if (!tree.root().equals(root))
    throw new NotTrusted(`The entries of the ${size} leaves do not make the root that was signed`);
}
