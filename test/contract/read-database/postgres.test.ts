import pg from 'pg';
import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { readDatabaseSuite } from './suite.ts';

describeOn('PostgreSQL', 'the read database on PostgreSQL', () => {
  readDatabaseSuite(async () => {
    const url = await isolated('PostgreSQL');
    const { db, close } = await openReadTablesAt(url);
    const operator = new pg.Client({ connectionString: url });
    await operator.connect();
    const others = 'from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
    return {
      db,
      crash: async () => {
        await operator.query(`select pg_terminate_backend(pid) ${others}`);
        while ((await operator.query(`select ${others}`)).rowCount !== 0);
      },
      close: async () => {
        await operator.end();
        await close();
      },
    };
  });
});
