import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import type { DueChange } from './project.ts';

/**
 * Brings the rows up to `changes` in one statement. Rows that contain as much already are left alone; a row that moves on
 * begins with the sweep from the start.
 */
export async function writeDueWork(db: Kysely<Database>, changes: readonly DueChange[]): Promise<void> {
  if (changes.length === 0) return;
  await sql`
    with change as (
      select * from json_to_recordset(${JSON.stringify(changes)}::json) as change (
        id uuid, kind text, generation integer, attempts integer, revision bigint, due_at timestamptz, wait_ms bigint,
        wait_until timestamptz
      )
    ), ended as (
      delete from due_work using change
      where due_work.id = change.id and change.kind is null and due_work.revision < change.revision
    )
    insert into due_work (id, kind, generation, attempts, revision, due_at, ask_at)
    select id, kind, generation, attempts, revision, due_at,
      least(wait_until, clock_timestamp() + wait_ms * interval '1 ms')
    from change where kind is not null
    on conflict (id) do update set
      kind = excluded.kind, generation = excluded.generation, attempts = excluded.attempts,
      revision = excluded.revision, due_at = excluded.due_at, ask_at = excluded.ask_at, asks = 0
    where excluded.revision > due_work.revision`.execute(db);
}
