// How many calls of models were made each day. Of no read model: what was tried and failed is not in the log.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table explainer_calls (
      day text constraint explainer_calls_pkey primary key,
      calls integer not null
    )`.execute(db);
}
