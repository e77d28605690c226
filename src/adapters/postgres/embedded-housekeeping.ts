/** Runs statements of one line and gives back the last one's rows. */
type Run = (statement: string) => Promise<readonly Record<string, unknown>[]>;

/** Looking costs about a millisecond, so it is done after this much that was asked of the database. */
const BYTES_BETWEEN_LOOKS = 4 * 1024 * 1024;
/** PostgreSQL's own log beyond this is folded into the tables: it bounds the folder's size and a start after a kill. */
const MOST_WAL_BYTES = 64 * 1024 * 1024;

/** Tables of which a fifth has changed, and at least so many rows that it is worth it. */
const worn = `
  select quote_ident(pg_class.relname) as name, n_dead_tup > 10000 + 0.2 * greatest(reltuples, 0) as is_full_of_dead_rows
  from pg_stat_user_tables join pg_class on pg_class.oid = relid
  where n_dead_tup > 10000 + 0.2 * greatest(reltuples, 0) or n_mod_since_analyze > 10000 + 0.2 * greatest(reltuples, 0)`;

/**
 * PGlite has no background processes: nobody else writes checkpoints (its log grew to 241 MB over 200,000 rows), removes
 * dead rows or keeps the planner's statistics. So the thread does it between two requests.
 */
export function createHousekeeping(run: Run): { count(requestBytes: number): void; doWhatIsDue(): Promise<void> } {
  let bytesSinceLook = 0;
  let checkpointAt = '0/0';

  async function keepWalSmall(): Promise<void> {
    const [wal] = await run(
      `select pg_current_wal_insert_lsn() as place, pg_current_wal_insert_lsn() - '${checkpointAt}' > ${MOST_WAL_BYTES} as is_long`,
    );
    if (wal?.['is_long'] !== true) return;
    await run('checkpoint');
    checkpointAt = String(wal['place']);
  }

  return {
    count(requestBytes) {
      bytesSinceLook += requestBytes;
    },
    /** Outside of transactions only. */
    async doWhatIsDue() {
      if (bytesSinceLook < BYTES_BETWEEN_LOOKS) return;
      bytesSinceLook = 0;
      for (const table of await run(worn))
        await run(
          `${table['is_full_of_dead_rows'] === true ? 'vacuum (analyze)' : 'analyze'} ${String(table['name'])}`,
        );
      await keepWalSmall();
    },
  };
}
