import { readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { embeddedFolder } from '../../../src/adapters/postgres/embedded-folder.ts';
import {
  type EmbeddedReadDatabase,
  openEmbeddedReadDatabase,
} from '../../../src/adapters/postgres/open-embedded-read-database.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import type { Database } from '../../../src/projections/database.ts';
import { silentLogger } from '../worker/silent-logger.ts';

const cache = join('node_modules', '.cache', 'eventops');
/** Making PostgreSQL's files costs seconds of a processor, so every test file copies those of the first one ever. */
const template = join(cache, `read-tables-pglite-0.5.14-${readdirSync('migrations').at(-1)}`);

const made: string[] = [];
// Here and not where one is made, because a test cannot ask for what comes after all tests.
afterAll(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true });
});

async function makeTemplate(): Promise<void> {
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  await openEmbeddedReadDatabase<Database>({ folder: draft, logger: silentLogger }).then(({ close }) => close());
  // Another test file may have been faster.
  await rename(draft, template).catch(() => rm(draft, { recursive: true }));
}

/** A folder with empty tables, as a killed process would leave it; gone after the tests of the file. */
export async function folderWithReadTables(): Promise<string> {
  if ((await stat(template).catch(() => null)) === null) await makeTemplate();
  const folder = await mkdtemp(join(tmpdir(), 'eventops-read-tables-'));
  made.push(folder);
  await cp(template, folder, { recursive: true });
  await embeddedFolder(folder).markOpen();
  return folder;
}

export const openReadTables = (
  folder: string,
  logger: Logger = silentLogger,
): Promise<EmbeddedReadDatabase<Database>> => openEmbeddedReadDatabase<Database>({ folder, logger });
