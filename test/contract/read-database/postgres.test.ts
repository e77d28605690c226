import { describeOn, isolated } from '../../support/services/real-services.ts';
import { openOnPostgres } from './on-postgres.ts';
import { readDatabaseSuite } from './suite.ts';

describeOn('PostgreSQL', 'the read database on PostgreSQL', () => {
  readDatabaseSuite(async () => openOnPostgres(await isolated('PostgreSQL')));
});
