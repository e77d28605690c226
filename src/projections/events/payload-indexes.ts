import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { PayloadIndexes } from '../../application/ports/payload-indexes.ts';
import type { Database, ReadDatabase } from '../database.ts';
import { indexedBy, PAYLOAD_INDEX, payloadIndexOf } from '../payload-fields.ts';

/** Runs statements that take longer than others are given, until they end or `signal` aborts. */
type ForLong = <Result>(work: (db: Kysely<Database>) => Promise<Result>, signal: AbortSignal) => Promise<Result>;

interface FoundIndex {
  readonly name: string;
  readonly is_valid: boolean;
}

const ofEvents = sql<FoundIndex>`(
  select relname::text as name, indisvalid as is_valid
  from pg_index join pg_class on pg_class.oid = indexrelid
  where indrelid = to_regclass('events') and starts_with(relname, ${PAYLOAD_INDEX})
)`;

/** Of these fields, those by which nothing can be found yet. @throws {ReadDatabaseUnavailable} */
export async function fieldsWithoutIndex(db: ReadDatabase, fields: readonly string[]): Promise<readonly string[]> {
  if (fields.length === 0) return [];
  const rows = await db.selectFrom(ofEvents.as('found')).select('name').where('is_valid', '=', true).execute();
  const names = new Set(rows.map(({ name }) => name));
  return fields.filter((field) => !names.has(payloadIndexOf(field)));
}

/** Of the rows of events that are read. @param forLong gives no statement up for the time that it takes. */
export const createPayloadIndexes = (db: Kysely<Database>, forLong: ForLong = (work) => work(db)): PayloadIndexes => ({
  async keepOnly(fields, signal) {
    const found = await db.selectFrom(ofEvents.as('found')).select(['name', 'is_valid']).execute();
    const wanted = new Map(fields.map((field) => [payloadIndexOf(field), field]));
    // One that is not valid is what was left of a statement that did not come to its end.
    const dropped = found.filter(({ name, is_valid: isValid }) => !isValid || !wanted.has(name));
    const kept = new Set(found.filter((one) => !dropped.includes(one)).map(({ name }) => name));
    const missing = [...wanted].filter(([name]) => !kept.has(name));
    if (dropped.length === 0 && missing.length === 0) return { created: [], dropped: 0 };
    await forLong(async (long) => {
      for (const { name } of dropped)
        await meanwhile((how) => sql`drop index ${how} if exists ${sql.id(name)}`.execute(long));
      for (const [name, field] of missing)
        await meanwhile((how) =>
          sql`create index ${how} if not exists ${sql.id(name)} on events ${indexedBy(field)}`.execute(long),
        );
    }, signal);
    return { created: missing.map(([, field]) => field), dropped: dropped.length };
  },
});

const ACTIVE_TRANSACTION = '25001';

/** Concurrently, so that rows are written meanwhile; where a pool has each statement in a transaction, rows wait for it. */
async function meanwhile(change: (how: RawBuilder<unknown>) => Promise<unknown>): Promise<void> {
  try {
    await change(sql`concurrently`);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { readonly code?: string };
    if (code !== ACTIVE_TRANSACTION) throw error;
    await change(sql``);
  }
}
