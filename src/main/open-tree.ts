import { join } from 'node:path';
import { openTreeFolder } from '../adapters/tree-folder/open-tree-folder.ts';
import { auditTreeIdOf } from '../application/anchoring/signed-checkpoints.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { TreeReader, TreeStore } from '../application/ports/tree-store.ts';
import type { Config } from '../config/config.ts';
import { createTreeReader, createTreeStore } from '../projections/audit-trees.ts';
import { readOnly } from '../projections/database.ts';
import { opened, type Parts } from './parts.ts';

type Settings = Pick<Config, 'dataFolder' | 'auditOrigin'>;
type Given = Pick<Parts, 'leases' | 'readTables'>;

/** Moves full tiles of a tree to where the settings have them. */
interface FullTiles {
  readonly inReader: (tree: TreeReader) => TreeReader;
  readonly inStore: (tree: TreeStore) => TreeStore;
}

/** What is not needed is not loaded. */
export async function openFullTiles({
  auditBucket,
  auditOrigin,
}: Pick<Config, 'auditBucket' | 'auditOrigin'>): Promise<FullTiles> {
  if (auditBucket === null) return { inReader: (tree) => tree, inStore: (tree) => tree };
  const { openBucket } = await import('../adapters/tree-bucket/bucket-client.ts');
  const { readerWithFullTilesIn, storeWithFullTilesIn } = await import('../adapters/tree-bucket/with-full-tiles-in.ts');
  const bucket = openBucket(auditBucket);
  const prefix = auditTreeIdOf(auditOrigin);
  return {
    inReader: (tree) => readerWithFullTilesIn(bucket, prefix, tree),
    inStore: (tree) => storeWithFullTilesIn(bucket, prefix, tree),
  };
}

/** In the data folder, a tree for each origin. */
export const treeFolderOf = ({ dataFolder, auditOrigin }: Settings): string =>
  join(dataFolder, 'audit', auditTreeIdOf(auditOrigin));

/** The audit tree as it is served: a folder where one process has the log, and PostgreSQL where several share it. */
export const openTreeReader = (config: Settings, { leases, readTables }: Given): TreeReader =>
  leases === null
    ? openTreeFolder(treeFolderOf(config))
    : createTreeReader(readOnly(opened(readTables).db), config.auditOrigin);

/** The same, for its owner. */
export const openTreeStore = (config: Settings, { readTables }: Given, lease: Lease | null): TreeStore =>
  lease === null
    ? openTreeFolder(treeFolderOf(config))
    : createTreeStore(opened(readTables).db, config.auditOrigin, lease);
