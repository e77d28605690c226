// How many requests each process has counted lately, for the others to know. Nothing is lost with it, so it is not logged.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create unlogged table shared_counts (
      what text not null,
      key text not null,
      process text not null,
      count bigint not null,
      reported_at timestamptz not null,
      constraint shared_counts_pkey primary key (process, what, key)
    )`.execute(db);
}
