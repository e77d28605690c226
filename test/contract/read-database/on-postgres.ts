import pg from 'pg';
import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import type { ReadDatabaseUnderTest } from './harness.ts';

/** Read tables at `url`; `direct` leads an operator to the same database without a pooler. */
export async function openOnPostgres(url: string, direct = url): Promise<ReadDatabaseUnderTest> {
  const { db, close } = await openReadTablesAt(url);
  const operator = new pg.Client({ connectionString: direct });
  await operator.connect();
  return {
    db,
    crash: async () => {
      const { rows } = await operator.query<{ pid: number }>(`
        select pid, pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`);
      const ended = [rows.map(({ pid }) => pid)];
      while ((await operator.query('select from pg_stat_activity where pid = any($1)', ended)).rowCount !== 0);
    },
    close: async () => {
      await operator.end();
      await close();
    },
  };
}
