// What is still to happen to events by itself, apart from the rows that hold what clients sent: nothing here can be refused.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table due_work (
      id uuid constraint due_work_pkey primary key,
      kind text not null,
      generation integer not null,
      attempts integer not null,
      revision bigint not null,
      due_at timestamptz,
      ask_at timestamptz not null,
      asks integer not null default 0
    )`.execute(db);
  // Each kind is taken by itself, so that many rows of one that have to wait hide none of another.
  await sql`create index due_work_by_time on due_work (kind, ask_at)`.execute(db);
  await sql`
    create table projection_states (
      subscriber text constraint projection_states_pkey primary key,
      is_caught_up boolean not null
    )`.execute(db);
  // The view selects every column, so it is recreated without the one that goes.
  await sql`drop view dead_letters`.execute(db);
  await sql`alter table events drop column due_at`.execute(db);
  await sql`create view dead_letters as select * from events where status = 'DEAD'`.execute(db);
}
