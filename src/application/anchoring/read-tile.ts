import type { TreeReader } from '../ports/tree-store.ts';
import { type TileName, tilePath } from '../transparency/tile-names.ts';
import { AuditTreeDamaged } from './failures.ts';

/** A tile that has to be there. @throws {AuditTreeDamaged} @throws {AuditTreeUnavailable} */
export async function readTile({ read }: Pick<TreeReader, 'read'>, name: TileName): Promise<Buffer> {
  const bytes = await read(name);
  if (bytes === null) throw new AuditTreeDamaged(`${tilePath(name)} of the audit tree is missing`);
  return bytes;
}
