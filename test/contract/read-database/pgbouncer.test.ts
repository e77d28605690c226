import { describeBehindPgBouncer } from '../../support/services/behind-pgbouncer.ts';
import { openOnPostgres } from './on-postgres.ts';
import { readDatabaseSuite } from './suite.ts';

for (const poolMode of ['session', 'transaction'] as const)
  describeBehindPgBouncer(`the read database behind PgBouncer, ${poolMode} pooling`, { poolMode }, ({ database }) => {
    readDatabaseSuite(async () => {
      const { url, direct } = await database();
      return openOnPostgres(url, direct);
    });
  });
