import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../src/projections/database.ts';
import { fromJson } from '../../../src/projections/statistics/histogram.ts';
import { countedNames } from '../../../src/projections/statistics/table.ts';
import type { ObservedStatistics } from '../guarantees/statistics-breaches.ts';

/** Every row of the statistics. */
export async function statisticsIn(db: Kysely<Database>): Promise<ObservedStatistics> {
  const events = await db.selectFrom('event_statistics').selectAll().execute();
  const failures = await db.selectFrom('failure_statistics').selectAll().execute();
  const open = await sql<{ id: string }>`select id from statistics_open_events`.execute(db);
  return {
    events: events.map((row) => ({
      ...{ bucket: row.bucket, startedAt: row.started_at.getTime(), type: row.type },
      counts: Object.fromEntries(countedNames.map((name) => [name, Number(row[name])])),
      ...{ attemptMs: fromJson(row.attempt_ms), endToEndMs: fromJson(row.end_to_end_ms) },
    })),
    failures: failures.map(({ started_at, failures: count, ...row }) => ({
      ...row,
      startedAt: started_at.getTime(),
      failures: Number(count),
    })),
    open: open.rows.map(({ id }) => id),
  };
}
