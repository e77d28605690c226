import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { callBudgetSuite } from './suite.ts';

describeOn('PostgreSQL', 'calls of models in PostgreSQL', () => {
  callBudgetSuite(async () => openReadTablesAt(await isolated('PostgreSQL')));
});
