import { describe } from 'vitest';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { keyUsesSuite } from './suite.ts';

describe('key uses in the embedded read database', () => {
  keyUsesSuite(async () => openReadTables(await folderWithReadTables()));
});
