// Refused requests and reading of payloads, counted. They are in no log: no rebuild brings them back, and none deletes them.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table access_counts (
      id uuid constraint access_counts_pkey primary key,
      first_at timestamptz not null,
      last_at timestamptz not null,
      act text not null,
      code text,
      route text,
      principal text,
      client_id text,
      address text,
      requests bigint not null,
      payloads bigint not null,
      first_request_id text not null,
      last_request_id text not null
    )`.execute(db);
  // An index for each filter, and each in the order of the list. The first one finds what is too old, too.
  await sql`create index access_counts_by_age on access_counts (first_at, id)`.execute(db);
  await sql`create index access_counts_by_act on access_counts (act, first_at, id)`.execute(db);
  await sql`create index access_counts_by_principal on access_counts (principal, first_at, id)`.execute(db);
  await sql`
    create index access_counts_by_principal_and_act on access_counts (principal, act, first_at, id)`.execute(db);
}
