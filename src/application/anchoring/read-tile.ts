import type { TreeReader } from '../ports/tree-store.ts';
import { decodeBundle } from '../transparency/entry-bundles.ts';
import { Malformed } from '../transparency/failures.ts';
import { type TileName, tilePath } from '../transparency/tile-names.ts';
import { requireTileLength } from '../transparency/tiles.ts';
import { AuditTreeDamaged } from './failures.ts';

type Store = Pick<TreeReader, 'read'>;

/**
 * A tile that has to be there, with as many hashes or entries as its name says.
 * @throws {AuditTreeDamaged} @throws {AuditTreeUnavailable}
 */
export async function readTile(store: Store, name: TileName): Promise<Buffer> {
  const bytes = await bytesOf(store, name);
  return orDamaged(() => {
    if (name.level !== 'entries') return requireTileLength(name, bytes);
    decodeBundle(bytes, name.width, tilePath(name));
    return bytes;
  });
}

/** The entries of a bundle that has to be there, each as `parse` gives it. @throws as {@link readTile} */
export async function readBundle<Parsed>(
  store: Store,
  name: TileName,
  parse: (entry: Buffer, at: number) => Parsed,
): Promise<readonly Parsed[]> {
  const bytes = await bytesOf(store, name);
  return orDamaged(() => decodeBundle(bytes, name.width, tilePath(name)).map(parse));
}

async function bytesOf(store: Store, name: TileName): Promise<Buffer> {
  const bytes = await store.read(name);
  if (bytes === null) throw new AuditTreeDamaged(`${tilePath(name)} of the audit tree is missing`);
  return bytes;
}

function orDamaged<Result>(decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new AuditTreeDamaged(`The audit tree is damaged: ${error.message}`, { cause: error });
  }
}
