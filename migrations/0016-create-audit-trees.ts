// The tiles of the audit tree, where several processes share them. Not of a read model, though the log has all of it, too.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table audit_trees (
      origin text constraint audit_trees_pkey primary key,
      state jsonb not null
    )`.execute(db);
  await sql`
    create table audit_tiles (
      origin text not null,
      path text not null,
      bytes bytea not null,
      constraint audit_tiles_pkey primary key (origin, path)
    )`.execute(db);
}
