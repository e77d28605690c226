import { type Kysely, sql } from 'kysely';
import { AuditTreeUnavailable, ConcurrencyConflict, OperationalFailure } from '../application/failures.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { TreeReader, TreeState, TreeStore } from '../application/ports/tree-store.ts';
import { TILE_WIDTH, tilePath } from '../application/transparency/tile-names.ts';
import type { Database, ReadDatabase } from './database.ts';
import { requireLease } from './leases.ts';

/** What clients are served from. */
export const createTreeReader = (db: ReadDatabase, origin: string): TreeReader => ({
  read: (name) =>
    onTree(async () => {
      const row = await db
        .selectFrom('audit_tiles')
        .select('bytes')
        .where('origin', '=', origin)
        .where('path', '=', tilePath(name))
        .executeTakeFirst();
      return row?.bytes ?? null;
    }),
  state: () =>
    onTree(async () => {
      const row = await db.selectFrom('audit_trees').select('state').where('origin', '=', origin).executeTakeFirst();
      return (row?.state ?? null) as TreeState | null;
    }),
});

async function onTree<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof OperationalFailure)) throw error;
    throw new AuditTreeUnavailable(`The audit tree cannot be read: ${error.message}`, { cause: error });
  }
}

/** The tree of a log in PostgreSQL. Its state changes under the lease alone. */
export const createTreeStore = (db: Kysely<Database>, origin: string, lease: Lease | null): TreeStore => ({
  ...createTreeReader(db as unknown as ReadDatabase, origin),
  async write(tiles) {
    if (tiles.length === 0) return;
    await db
      .insertInto('audit_tiles')
      .values(tiles.map((tile) => ({ origin, path: tilePath(tile), bytes: tile.bytes })))
      .onConflict((conflict) => conflict.columns(['origin', 'path']).doUpdateSet({ bytes: sql`excluded.bytes` }))
      .execute();
  },
  commit: (from, to) =>
    db.transaction().execute(async (transaction) => {
      const state = jsonb(to);
      const change =
        from === null
          ? transaction
              .insertInto('audit_trees')
              .values({ origin, state })
              .onConflict((conflict) => conflict.doNothing())
              .returning('origin')
          : transaction
              .updateTable('audit_trees')
              .set({ state })
              .where('origin', '=', origin)
              .where('state', '=', jsonb(from))
              .returning('origin');
      if ((await change.execute()).length === 0)
        throw new ConcurrencyConflict(`The audit tree of ${origin} is no longer as it was read; read it again`);
      if (lease !== null) await requireLease(transaction, lease);
    }),
  async deletePartials(tiles) {
    for (const name of tiles)
      await db
        .deleteFrom('audit_tiles')
        .where('origin', '=', origin)
        .where(sql<boolean>`starts_with(path, ${`${tilePath({ ...name, width: TILE_WIDTH })}.p/`})`)
        .execute();
  },
});

const jsonb = (state: TreeState) => sql<object>`${JSON.stringify(state)}::jsonb`;
