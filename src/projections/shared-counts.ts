import { type Kysely, sql } from 'kysely';
import type { Count, SharedCounts } from '../application/ports/shared-counts.ts';
import type { Database } from './database.ts';

/** What processes left behind that ended is deleted by the others, once in so many reports. */
const REPORTS_BETWEEN_DELETIONS = 60;

/**
 * Counts in the read database, which is what all processes have in common. Whether one is still true is decided by the
 * database's clock; should that jump, counts are unknown until they are reported again.
 */
export function createSharedCounts(db: Kysely<Database>, processName: string, windowMs: number): SharedCounts {
  const window = sql`${windowMs} * interval '1 ms'`;
  const isTrue = sql<boolean>`reported_at between clock_timestamp() - ${window} and clock_timestamp() + ${window}`;
  let reports = 0;
  return {
    async report(counts) {
      await sql`
        insert into shared_counts (what, key, process, count, reported_at)
        select what, key, ${processName}, count, clock_timestamp()
        from unnest(
          ${counts.map(({ what }) => what)}::text[],
          ${counts.map(({ key }) => key)}::text[],
          ${counts.map(({ count }) => count)}::bigint[]
        ) as given (what, key, count)
        on conflict (process, what, key) do update set count = excluded.count, reported_at = excluded.reported_at`.execute(
        db,
      );
      if (reports++ % REPORTS_BETWEEN_DELETIONS > 0) return;
      // Those that another process is deleting are left to it: two that wait for each other would be a deadlock.
      await sql`
        delete from shared_counts where ctid in (
          select ctid from shared_counts where not (${isTrue}) for update skip locked
        )`.execute(db);
    },
    async ofOthers(most) {
      const { rows } = await sql<{ what: string; key: string; count: string }>`
        select what, key, sum(count)::text as count from shared_counts
        where process <> ${processName} and count > 0 and ${isTrue}
        group by what, key order by sum(count) desc limit ${most}`.execute(db);
      return rows.map(({ count, ...rest }): Count => ({ ...rest, count: Number(count) }));
    },
  };
}
