import { AuditTreeUnavailable } from '../failures.ts';
import type { LastSigned, TreeReader } from '../ports/tree-store.ts';
import { decodeBundle, encodeBundle } from '../transparency/entry-bundles.ts';
import { Malformed } from '../transparency/failures.ts';
import { HASH_BYTES } from '../transparency/hashing.ts';
import { TILE_WIDTH, type TileName, tilePath } from '../transparency/tile-names.ts';
import { hashesAt, requireTileLength } from '../transparency/tiles.ts';

/** The checkpoint that was signed last, as a signed note; `null` before the first. @throws {AuditTreeUnavailable} */
export async function signedNote(tree: Pick<TreeReader, 'state'>): Promise<string | null> {
  const signed = (await tree.state())?.signed ?? null;
  return signed && cosignedNote(signed);
}

/** A checkpoint with the cosignatures that witnesses have given so far. */
export const cosignedNote = ({ checkpoint, cosignatures = [] }: LastSigned): string =>
  checkpoint.note + cosignatures.join('');

/**
 * A tile of the tree under the checkpoint that was signed last, or under any before it; `null` for one that goes beyond
 * it: what has not been signed may still be replaced.
 * @throws {AuditTreeUnavailable}
 */
export async function readSignedTile(tree: TreeReader, name: TileName): Promise<Buffer | null> {
  const size = (await tree.state())?.signed?.checkpoint.size ?? 0;
  return name.width > hashesOf(size, name) ? null : readTileUnder(size, tree, name);
}

/** What of a tile, from its beginning on, a tree of `size` leaves has. */
const hashesOf = (size: number, { level, index }: TileName) =>
  Math.min(TILE_WIDTH, hashesAt(level === 'entries' ? 0 : level, size) - index * TILE_WIDTH);

/** A tile that a tree of `size` leaves has, of which a checkpoint was signed. @throws {AuditTreeUnavailable} */
export async function readTileUnder(size: number, tree: Pick<TreeReader, 'read'>, name: TileName): Promise<Buffer> {
  // Partial tiles are deleted once the tile is full, and are the beginning of it.
  for (const width of new Set([hashesOf(size, name), TILE_WIDTH])) {
    const bytes = await tree.read({ ...name, width });
    if (bytes !== null) return beginningOf(bytes, width, name);
  }
  throw new AuditTreeUnavailable(
    `${tilePath(name)} of the audit tree is missing; the anchor computes it again from the log when it starts`,
  );
}

function beginningOf(bytes: Buffer, width: number, name: TileName): Buffer {
  const stored = { ...name, width };
  return ofStored(stored, () => {
    if (name.level !== 'entries') return requireTileLength(stored, bytes).subarray(0, name.width * HASH_BYTES);
    const entries = decodeBundle(bytes, width);
    return width === name.width ? bytes : encodeBundle(entries.slice(0, name.width));
  });
}

/** What is made of a tile that was read. @throws {AuditTreeUnavailable} when that shows that it is damaged. */
export function ofStored<Result>(name: TileName, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new AuditTreeUnavailable(`${tilePath(name)} of the audit tree is damaged`, { cause: error });
  }
}
