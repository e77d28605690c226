import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../src/projections/database.ts';
import { projectionNameOf } from '../../../src/projections/projection-states.ts';
import type { ReadModel } from '../../../src/projections/read-model.ts';
import { namedIn, type Slot } from '../../../src/projections/slots.ts';

/** Everything in a read model's tables, in an order that does not depend on when it was written. */
export async function rowsOf(db: Kysely<Database>, { tables }: ReadModel, slot: Slot = null) {
  const rows: unknown[] = [];
  for (const table of tables) {
    const found = await sql`select to_jsonb(rows) as row from ${namedIn(slot)(table)} as rows`.execute(db);
    rows.push(...found.rows.map((row) => JSON.stringify(row)).sort());
  }
  return rows;
}

export async function checkpointOf(db: Kysely<Database>, readModel: ReadModel, slot: Slot = null) {
  const subscriber = projectionNameOf(readModel, slot);
  const found = await db
    .selectFrom('checkpoints')
    .select('checkpoint')
    .where('subscriber', '=', subscriber)
    .executeTakeFirst();
  return found?.checkpoint ?? null;
}

type Harm = (db: Kysely<Database>, readModel: ReadModel) => Promise<unknown>;

const moveCheckpointTo =
  (place: (checkpoint: string) => string): Harm =>
  async (db, readModel) =>
    db
      .updateTable('checkpoints')
      .set({ checkpoint: place((await checkpointOf(db, readModel)) ?? '') })
      .where('subscriber', '=', projectionNameOf(readModel))
      .executeTakeFirstOrThrow();

/** What an operator, a disk or a restored copy can do to one read model. */
export const harms = {
  'its rows are deleted': async (db, { tables }) => {
    for (const table of tables) await sql`delete from ${sql.id(table)}`.execute(db);
  },
  'its tables are dropped': async (db, { tables }) => {
    for (const table of tables) await sql`drop table ${sql.id(table)} cascade`.execute(db);
  },
  'its checkpoint is rewound': moveCheckpointTo((checkpoint) => checkpoint.replace(/\/\d+$/, '/1')),
  'its checkpoint is of another log': moveCheckpointTo((checkpoint) => `another${checkpoint}`),
} as const satisfies Readonly<Record<string, Harm>>;
export type HarmName = keyof typeof harms;
