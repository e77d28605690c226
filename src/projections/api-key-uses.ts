import { type Kysely, sql } from 'kysely';
import type { KeyUses } from '../application/ports/key-uses.ts';
import type { Database } from './database.ts';

export const createKeyUses = (db: Kysely<Database>): KeyUses => ({
  async lastUses() {
    const rows = await db.selectFrom('api_key_uses').selectAll().execute();
    return new Map(rows.map(({ key_id, used_at }) => [key_id, used_at.toISOString()]));
  },
  async save(uses) {
    await db
      .insertInto('api_key_uses')
      // In one order, so that no two processes wait for each other.
      .values(
        [...uses].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key_id, used_at]) => ({ key_id, used_at })),
      )
      .onConflict((conflict) =>
        conflict.column('key_id').doUpdateSet({ used_at: sql`greatest(api_key_uses.used_at, excluded.used_at)` }),
      )
      .execute();
  },
});
