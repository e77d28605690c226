import type { TreeReader, TreeState } from '../ports/tree-store.ts';
import { type Entry, parseEntry } from '../transparency/entries.ts';
import { createGrowingTree, edgeOf, type GrowingTree } from '../transparency/growing-tree.ts';
import { TILE_WIDTH } from '../transparency/tile-names.ts';
import { AuditTreeDamaged } from './failures.ts';
import { readBundle, readTile } from './read-tile.ts';
import { rootOfStored } from './root-of-stored.ts';

export interface RestoredTree {
  readonly tree: GrowingTree;
  /** Of the last bundle, from which it is seen whether the log is still the one that was followed. */
  readonly lastEntries: readonly Entry[];
}

/**
 * The tree as it was stored, ready to grow.
 * @throws {AuditTreeDamaged} when its tiles are not those of the state. @throws {AuditTreeUnavailable}
 */
export async function restoreTree({ size, rootHash }: TreeState, store: TreeReader): Promise<RestoredTree> {
  // All that is at the right edge, from the entries up.
  const from = Math.floor((size - 1) / TILE_WIDTH) * TILE_WIDTH;
  const root = await rootOfStored(from, size, store);
  if (root.toString('base64') !== rootHash)
    throw new AuditTreeDamaged(
      `The tiles of the audit tree have another root than the ${size} leaves that were stored`,
    );
  const edge = await Promise.all(edgeOf(size).map(async (name) => ({ ...name, bytes: await readTile(store, name) })));
  return { tree: createGrowingTree(size, edge), lastEntries: await readEntries(from, size, store) };
}

/** The entries of the bundle that begins with leaf `from`, in a tree of `size` leaves. @throws as {@link restoreTree} */
export async function readEntries(
  from: number,
  size: number,
  store: Pick<TreeReader, 'read'>,
): Promise<readonly Entry[]> {
  const width = Math.min(TILE_WIDTH, size - from);
  const name = { level: 'entries', index: from / TILE_WIDTH, width } as const;
  return readBundle(store, name, (entry) => parseEntry(entry.toString()));
}
