import { describe } from 'vitest';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { sharedCountsSuite } from './suite.ts';

describe('shared counts in the embedded read database', () => {
  sharedCountsSuite(async () => openReadTables(await folderWithReadTables()));
});
