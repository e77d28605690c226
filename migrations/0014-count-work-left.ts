// What is left to do is counted for metrics: dead letters by type, and how long due work has waited.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table due_work add column recorded_at timestamptz`.execute(db);
  await sql`create index events_dead on events (type, updated_at) where status = 'DEAD'`.execute(db);
}
