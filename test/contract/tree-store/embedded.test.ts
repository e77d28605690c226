import { describe } from 'vitest';
import { createTreeStore } from '../../../src/projections/audit-trees.ts';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { treeStoreSuite } from './suite.ts';

describe('a tree in the embedded read database', () => {
  treeStoreSuite(async () => {
    const { db, close } = await openReadTables(await folderWithReadTables());
    const [store, other] = ['log.example', 'other.example'].map((origin) => createTreeStore(db, origin, null));
    if (store === undefined || other === undefined) throw new Error('There are two');
    return { store, other, close };
  });
});
