import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../src/projections/database.ts';
import { columnTypes } from '../../../src/projections/events/table.ts';

/** A value of each type that no event has. */
const wrong: Readonly<Record<string, string>> = {
  uuid: "'00000000-0000-4000-8000-000000000000'",
  text: "'wrong'",
  jsonb: `'{"wrong": true}'`,
  timestamptz: "'2001-01-01T00:00:00Z'",
  integer: '-1',
  bigint: '-1',
};

export interface Planted {
  readonly column: string | null;
  readonly kind: 'changed' | 'missing' | 'extra';
  readonly count: number;
}

/** Makes so many rows wrong in each column but the key, deletes as many, and adds as many: no row twice. */
export async function plantWrongRows(db: Kysely<Database>, each: number): Promise<readonly Planted[]> {
  const ids = (await db.selectFrom('events').select('id').orderBy('id').execute()).map(({ id }) => id);
  const take = () => {
    if (ids.length < each) throw new Error('There are too few rows for what is to be planted');
    return ids.splice(0, each);
  };
  const planted: Planted[] = [];
  for (const [column, type] of Object.entries(columnTypes)) {
    if (column === 'id') continue;
    await sql`
      update events set ${sql.id(column)} = ${sql.raw(wrong[type] ?? 'null')} where id = any(${take()}::uuid[])`.execute(
      db,
    );
    planted.push({ column, kind: 'changed', count: each });
  }
  await sql`delete from events where id = any(${take()}::uuid[])`.execute(db);
  planted.push({ column: null, kind: 'extra', count: each });
  const columns = sql.raw(
    Object.keys(columnTypes)
      .filter((name) => name !== 'id')
      .join(', '),
  );
  await sql`
    insert into events (id, ${columns})
    select gen_random_uuid(), ${columns} from events where id = any(${take()}::uuid[])`.execute(db);
  planted.push({ column: null, kind: 'missing', count: each });
  return planted;
}
