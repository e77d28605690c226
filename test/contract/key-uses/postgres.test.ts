import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { keyUsesSuite } from './suite.ts';

describeOn('PostgreSQL', 'key uses in PostgreSQL', () => {
  keyUsesSuite(async () => openReadTablesAt(await isolated('PostgreSQL')));
});
