// Which version of a read model its rows are of, in the copy that is read and in the one beside it, and how far a rebuild is.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table projection_copies (
      projection text not null,
      slot text not null,
      version integer not null,
      rebuild_id text,
      constraint projection_copies_pkey primary key (projection, slot)
    )`.execute(db);
  await sql`
    create table rebuild_progress (
      projection text constraint rebuild_progress_pkey primary key,
      rebuild_id text not null,
      work text not null,
      handled bigint not null,
      head bigint not null,
      share integer not null,
      transitions bigint not null,
      rows_compared bigint not null,
      rate integer not null,
      waits_for text,
      moved_at timestamptz not null,
      reported_at timestamptz not null
    )`.execute(db);
}
