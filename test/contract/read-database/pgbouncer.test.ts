import pg from 'pg';
import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeBehindPgBouncer } from '../../support/services/behind-pgbouncer.ts';
import { readDatabaseSuite } from './suite.ts';

for (const poolMode of ['session', 'transaction'] as const)
  describeBehindPgBouncer(`the read database behind PgBouncer, ${poolMode} pooling`, { poolMode }, ({ database }) => {
    readDatabaseSuite(async () => {
      const { url, direct } = await database();
      const { db, close } = await openReadTablesAt(url);
      const operator = new pg.Client({ connectionString: direct });
      await operator.connect();
      const others = 'from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
      return {
        db,
        crash: async () => {
          await operator.query(`select pg_terminate_backend(pid) ${others}`);
        },
        close: async () => {
          await operator.end();
          await close();
        },
      };
    });
  });
