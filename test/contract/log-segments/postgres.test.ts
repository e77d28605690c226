import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { logSegmentsSuite } from './suite.ts';

describeOn('PostgreSQL', 'segments of the log in PostgreSQL', () => {
  logSegmentsSuite(async () => openReadTablesAt(await isolated('PostgreSQL')));
});
