import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';

/** What a process does for a rebuild. */
export type RebuildWork = 'filling' | 'indexing' | 'catching-up' | 'comparing' | 'exchanging' | 'dropping';

export interface ReportedProgress {
  readonly rebuildId: string;
  readonly work: RebuildWork;
  /** In the log. */
  readonly handled: bigint;
  readonly head: bigint;
  readonly transitions: number;
  readonly rowsCompared: number;
  /** Positions in a second. */
  readonly rate: number;
  readonly waitsFor: string | null;
}

/**
 * Keeps how far a rebuild is where every process can read it. What is less than before stays as it was, also after the process
 * that reports was replaced. @throws {ReadDatabaseUnavailable}
 */
export async function reportProgress(
  db: Kysely<Database>,
  projection: string,
  { rebuildId, work, handled, head, transitions, rowsCompared, rate, waitsFor }: ReportedProgress,
): Promise<void> {
  const isSame = sql`progress.rebuild_id = excluded.rebuild_id`;
  const most = (column: string) =>
    sql`case when ${isSame} then greatest(${sql.ref(`progress.${column}`)}, ${sql.ref(`excluded.${column}`)}) else ${sql.ref(`excluded.${column}`)} end`;
  await sql`
    insert into rebuild_progress as progress
      (projection, rebuild_id, work, handled, head, share, transitions, rows_compared, rate, waits_for, moved_at, reported_at)
    values (${projection}, ${rebuildId}, ${work}, ${handled.toString()}, ${head.toString()},
      ${shareOf({ work, handled, head })}, ${transitions}, ${rowsCompared}, ${Math.round(rate)}, ${waitsFor}, clock_timestamp(), clock_timestamp())
    on conflict (projection) do update set
      rebuild_id = excluded.rebuild_id, work = excluded.work, handled = ${most('handled')}, head = ${most('head')},
      share = ${most('share')}, transitions = ${most('transitions')}, rows_compared = excluded.rows_compared, rate = excluded.rate,
      waits_for = excluded.waits_for,
      moved_at = case when ${isSame} and (progress.work, progress.handled, progress.rows_compared)
        = (excluded.work, excluded.handled, excluded.rows_compared) then progress.moved_at else excluded.moved_at end,
      reported_at = excluded.reported_at`.execute(db);
}

/** In millionths. What is filled is filled: afterwards both copies follow the log, whose end moves on. */
const shareOf = ({ work, handled, head }: Pick<ReportedProgress, 'work' | 'handled' | 'head'>): number => {
  if (work !== 'filling') return 1_000_000;
  return head === 0n ? 0 : Math.min(1_000_000, Math.floor((Number(handled) / Number(head)) * 1_000_000));
};
