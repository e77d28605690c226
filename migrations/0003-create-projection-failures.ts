// Transitions that could not be projected: what is missing in the rows, and why.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table projection_failures (
      subscriber text not null,
      stream text not null,
      revision bigint not null,
      transition_id uuid not null,
      type text not null,
      reason text not null,
      failed_at timestamptz not null,
      constraint projection_failures_pkey primary key (subscriber, stream, revision)
    )`.execute(db);
}
