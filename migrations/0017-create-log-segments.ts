// Which times are where in the log. Not of a read model: nothing is shown of it, and without it reading takes longer.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table log_segments (
      from_checkpoint text,
      from_position bigint not null,
      to_checkpoint text not null,
      to_position bigint constraint log_segments_pkey primary key,
      leaves_before bigint not null,
      leaves bigint not null,
      earliest text collate "C" not null,
      latest text collate "C" not null,
      constraint log_segments_follow_each_other unique (from_position)
    )`.execute(db);
}
