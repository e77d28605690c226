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
