/** Runs one statement and gives back its rows. */
type Run = (statement: string) => Promise<readonly Record<string, unknown>[]>;

/** Looking costs about a millisecond, so it is done after this much that was asked of the database. */
const BYTES_BETWEEN_LOOKS = 2 * 1024 * 1024;
/** PostgreSQL's own log beyond this is folded into the tables: it bounds the folder's size and a start after a kill. */
const MOST_WAL_BYTES = 64 * 1024 * 1024;

/** A fifth of the rows, and at least so many that it is worth the while: PostgreSQL's own measure. */
const many = 'greatest(10000, 0.2 * reltuples)';
const worn = `
  select quote_ident(tables.schemaname) || '.' || quote_ident(tables.relname) as name, n_dead_tup > ${many} as is_full_of_dead_rows
  from pg_stat_user_tables as tables join pg_class on pg_class.oid = tables.relid
  where n_dead_tup > ${many} or n_mod_since_analyze > ${many}`;

/**
 * PGlite has no background processes: without this nothing folds its log into the tables (241 MB after 200,000 rows),
 * removes dead rows or keeps the planner's statistics. So the thread does it between two requests.
 */
export function createHousekeeping(run: Run): {
  /** How much was asked of the database. */
  count(requestBytes: number): void;
  /** Outside of transactions only. */
  doWhatIsDue(): Promise<void>;
} {
  let bytesSinceLook = 0;
  let foldedUpTo = '0/0';

  async function keepLogSmall(): Promise<void> {
    const [log] = await run(`
      select pg_current_wal_insert_lsn() as place,
        pg_current_wal_insert_lsn() - '${foldedUpTo}'::pg_lsn > ${MOST_WAL_BYTES} as is_long`);
    if (log?.['is_long'] !== true) return;
    await run('checkpoint');
    foldedUpTo = String(log['place']);
  }

  return {
    count(requestBytes) {
      bytesSinceLook += requestBytes;
    },
    async doWhatIsDue() {
      if (bytesSinceLook < BYTES_BETWEEN_LOOKS) return;
      bytesSinceLook = 0;
      for (const { name, is_full_of_dead_rows } of await run(worn))
        await run(`${is_full_of_dead_rows === true ? 'vacuum (analyze)' : 'analyze'} ${String(name)}`);
      await keepLogSmall();
    },
  };
}
