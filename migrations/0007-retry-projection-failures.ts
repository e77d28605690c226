// What a projection passed over is tried again until it is in the rows: how often it was, and when it is next.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table projection_failures
      add column tries integer not null default 0,
      add column next_try_at timestamptz not null default now()`.execute(db);
  await sql`create index projection_failures_by_turn on projection_failures (subscriber, next_try_at)`.execute(db);
}
