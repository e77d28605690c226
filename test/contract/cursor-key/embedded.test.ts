import { describe } from 'vitest';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { cursorKeySuite } from './suite.ts';

describe('the key of cursors in the embedded read database', () => {
  cursorKeySuite(async () => openReadTables(await folderWithReadTables()));
});
