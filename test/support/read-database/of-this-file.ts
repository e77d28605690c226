import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { EmbeddedReadDatabase } from '../../../src/adapters/postgres/open-embedded-read-database.ts';
import type { Database } from '../../../src/projections/database.ts';
import { folderWithReadTables, openReadTables } from './embedded.ts';
import { emptyTables } from './rows.ts';

/** Embedded read tables that the tests of one file share; each test finds them empty. */
export function readTablesOfThisFile(): () => Kysely<Database> {
  let opened: EmbeddedReadDatabase<Database> | null = null;
  const db = () => {
    if (opened === null) throw new Error('The read tables are not open outside a test');
    return opened.db;
  };
  beforeAll(async () => {
    opened = await openReadTables(await folderWithReadTables());
  });
  afterAll(() => opened?.close());
  beforeEach(() => emptyTables(db()));
  return db;
}
