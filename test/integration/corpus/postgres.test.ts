import { afterAll, beforeAll } from 'vitest';
import { readOnly } from '../../../src/projections/database.ts';
import { projectInto } from '../../support/api/read-tables.ts';
import { corpusSuite } from '../../support/corpus/suite.ts';
import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';

describeOn('PostgreSQL', 'a hostile body, with PostgreSQL', () => {
  let opened: Awaited<ReturnType<typeof openReadTablesAt>> | null = null;
  const db = () => {
    if (opened === null) throw new Error('The read tables are not open outside a test');
    return opened.db;
  };
  beforeAll(async () => {
    opened = await openReadTablesAt(await isolated('PostgreSQL'));
  });
  afterAll(() => opened?.close());
  corpusSuite({ db, readDatabase: () => readOnly(db()), project: (log) => projectInto(db(), log) });
});
