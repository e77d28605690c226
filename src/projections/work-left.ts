import { type Kysely, sql } from 'kysely';
import type { DueKind } from '../application/ports/due-work.ts';
import type { Database } from './database.ts';

export interface WorkLeft {
  /** Of the types with most of them, and in one row without a type those of all others. */
  readonly deadLetters: readonly {
    readonly type: string | null;
    readonly count: number;
    readonly oldestAgeSeconds: number;
  }[];
  readonly dueWork: readonly {
    readonly kind: DueKind;
    readonly count: number;
    /** Since when the oldest is due; 0 where none is. */
    readonly oldestAgeSeconds: number;
  }[];
}

/** How long ago it was by the database's clock, which is another than the one that wrote the times: never below zero. */
const age = (since: ReturnType<typeof sql>) =>
  sql`greatest(0, coalesce(extract(epoch from clock_timestamp() - ${since}), 0))::float8`;

/**
 * What is left for an operator or for the system to do, counted. Dead letters come from an index of their own, and due work
 * from a table that holds unfinished events alone, so that neither grows with what was processed.
 * @throws {ReadDatabaseUnavailable}
 */
export async function readWorkLeft(db: Kysely<Database>, mostTypes: number): Promise<WorkLeft> {
  const { rows: deadLetters } = await sql<WorkLeft['deadLetters'][number]>`
    with dead as (
      select type, count(*) as count, min(updated_at) as since from events where status = 'DEAD' group by type
    ), ranked as (
      select *, row_number() over (order by count desc, type) as rank from dead
    )
    select case when rank <= ${mostTypes}::bigint then type end as type, sum(count)::float8 as count,
      ${age(sql`min(since)`)} as "oldestAgeSeconds"
    from ranked group by 1`.execute(db);
  const { rows: dueWork } = await sql<WorkLeft['dueWork'][number]>`
    select kind, count(*)::float8 as count, ${age(sql`min(coalesce(due_at, recorded_at))`)} as "oldestAgeSeconds"
    from due_work group by kind`.execute(db);
  return { deadLetters, dueWork };
}
