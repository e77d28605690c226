// How far each subscriber of the log has come, stored in the transaction of what it wrote on the way.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  // The epoch is of the lease under which the checkpoint was written: 0 where no lease is needed.
  await sql`
    create table checkpoints (
      subscriber text constraint checkpoints_pkey primary key,
      checkpoint text not null,
      epoch bigint not null default 0
    )`.execute(db);
}
