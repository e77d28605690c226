import { type Kysely, sql } from 'kysely';
import type { Database, ReadDatabase } from '../database.ts';

/** What the database has to compare with, where its search path leads. */
export interface Means {
  /** pgvector: distances by an index, and not one by one. */
  readonly vector: boolean;
  /** pg_trgm: also what is spelled a little differently. */
  readonly trigrams: boolean;
}

/** @throws {ReadDatabaseUnavailable} */
export async function meansOf(db: ReadDatabase | Kysely<Database>): Promise<Means> {
  const found = sql<Means>`(
    select coalesce(bool_or(extname = 'vector'), false) as vector,
      coalesce(bool_or(extname = 'pg_trgm'), false) as trigrams
    from pg_extension join pg_namespace on pg_namespace.oid = extnamespace
    where nspname = any(current_schemas(true))
  )`;
  const means = await (db as ReadDatabase).selectFrom(found.as('means')).selectAll().executeTakeFirst();
  return means ?? { vector: false, trigrams: false };
}

/** Those that are there to be created and are not yet. What is not permitted is left: texts are compared without it. */
export async function createExtensions(db: Kysely<Database>): Promise<void> {
  for (const name of ['vector', 'pg_trgm'])
    await sql`
      do $$
      begin
        if exists (select from pg_available_extensions where name = ${sql.lit(name)} and installed_version is null) then
          create extension if not exists ${sql.id(name)};
        end if;
      exception when others then
        raise notice 'the extension % cannot be created: %', ${sql.lit(name)}, sqlerrm;
      end
      $$`.execute(db);
}

export function limitationOf({ vector, trigrams }: Means): string | null {
  const missing = [...(vector ? [] : ['pgvector']), ...(trigrams ? [] : ['pg_trgm'])];
  if (missing.length === 0) return null;
  const without = vector ? 'by vectors and words alone' : 'by exact distances to those that share words';
  return `the database has no ${missing.join(' and no ')}: similar failures are found ${without}. Install it, and start again`;
}
