import { describe } from 'vitest';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { callBudgetSuite } from './suite.ts';

describe('calls of models in the embedded read database', () => {
  callBudgetSuite(async () => openReadTables(await folderWithReadTables()));
});
