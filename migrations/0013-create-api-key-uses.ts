// When API keys were used last: for people to see which are needed. Not from the log, so no read model; it may be lost.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table api_key_uses (
      key_id uuid constraint api_key_uses_pkey primary key,
      used_at timestamptz not null
    )`.execute(db);
}
