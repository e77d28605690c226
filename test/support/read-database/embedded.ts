import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  type EmbeddedReadDatabase,
  openEmbeddedReadDatabase,
} from '../../../src/adapters/postgres/open-embedded-read-database.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import type { Database } from '../../../src/projections/database.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import { fillWithReadTables } from './fill-with-read-tables.ts';

const made: string[] = [];
// Here and not where one is made, because a test cannot ask for what comes after all tests.
afterAll(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true });
});

/** A folder with empty tables, as a killed process would leave it; gone after the tests of the file. */
export async function folderWithReadTables(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-read-tables-'));
  made.push(folder);
  await fillWithReadTables(folder);
  return folder;
}

export const openReadTables = (
  folder: string,
  logger: Logger = silentLogger,
): Promise<EmbeddedReadDatabase<Database>> => openEmbeddedReadDatabase<Database>({ folder, logger });
