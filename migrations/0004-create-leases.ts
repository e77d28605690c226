// Who follows the log for a projection, dispatches, or sweeps: one process at a time, the next one once its lease is over.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table leases (
      name text constraint leases_pkey primary key,
      owner text not null,
      epoch bigint not null,
      expires_at timestamptz not null
    )`.execute(db);
}
