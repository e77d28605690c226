import { describe } from 'vitest';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { leasesSuite } from './suite.ts';

describe('leases in the embedded read database', () => {
  leasesSuite(async () => openReadTables(await folderWithReadTables()));
});
