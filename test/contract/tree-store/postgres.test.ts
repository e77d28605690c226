import { expect, it } from 'vitest';
import { createTreeStore } from '../../../src/projections/audit-trees.ts';
import { createLeases } from '../../../src/projections/leases.ts';
import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { treeStoreSuite } from './suite.ts';

describeOn('PostgreSQL', 'a tree in PostgreSQL', () => {
  treeStoreSuite(async () => {
    const { db, close } = await openReadTablesAt(await isolated('PostgreSQL'));
    const store = createTreeStore(db, 'log.example', null);
    return { store, other: createTreeStore(db, 'other.example', null), close };
  });

  it('changes under the lease alone', async () => {
    const { db, close } = await openReadTablesAt(await isolated('PostgreSQL'));
    const leases = createLeases(db, 0);
    const [lost, held] = [await leases.acquire('anchor', 'one'), await leases.acquire('anchor', 'other')];
    const state = { size: 1, rootHash: 'root', logCheckpoint: 'position' as never, signed: null };
    await expect(createTreeStore(db, 'log.example', lost).commit(null, state)).rejects.toMatchObject({
      code: 'concurrency-conflict',
    });
    const store = createTreeStore(db, 'log.example', held);
    expect(await store.state()).toBeNull();
    await store.commit(null, state);
    expect(await store.state()).toEqual(state);
    await close();
  });
});
