import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { sharedCountsSuite } from './suite.ts';

describeOn('PostgreSQL', 'shared counts in PostgreSQL', () => {
  sharedCountsSuite(async () => openReadTablesAt(await isolated('PostgreSQL')));
});
