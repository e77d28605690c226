import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { cursorKeySuite } from './suite.ts';

describeOn('PostgreSQL', 'the key of cursors in PostgreSQL', () => {
  cursorKeySuite(async () => openReadTablesAt(await isolated('PostgreSQL')));
});
