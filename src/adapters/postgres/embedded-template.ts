import { cpSync, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Logger } from '../../application/ports/logger.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { migrationNames } from './migrate.ts';
import { openEmbeddedReadDatabase } from './open-embedded-read-database.ts';

const MODULES = 'node_modules';

/**
 * Fills a folder with empty tables, as a killed process would leave them. Making PostgreSQL's files takes 15 s of a
 * processor (PGlite 0.5.14, 2026-11), so those of the first time are kept below `node_modules/.cache` and copied from then
 * on. Without such a folder nothing is done: whoever opens the tables makes them.
 */
export async function copyEmptyTables(folder: string, logger: Logger): Promise<void> {
  if (!existsSync(MODULES)) return;
  const template = join(MODULES, '.cache', 'eventops', await nameOfTemplate());
  if (!existsSync(template)) await makeTemplate(template, logger);
  // A thousand files: one after the other from here takes a fifth of what the thread pool takes.
  cpSync(template, folder, { recursive: true });
  await embeddedFolder(folder).markOpen();
}

/** Files of another version of PGlite, or of other migrations, are another template. */
async function nameOfTemplate(): Promise<string> {
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version }: { version: string } = JSON.parse(await readFile(join(dirname(pglite), '../package.json'), 'utf8'));
  return `read-tables-pglite-${version}-${(await migrationNames()).at(-1)}`;
}

async function makeTemplate(template: string, logger: Logger): Promise<void> {
  await mkdir(dirname(template), { recursive: true });
  const draft = await mkdtemp(join(dirname(template), 'draft-'));
  await openEmbeddedReadDatabase({ folder: draft, logger }).then(({ close }) => close());
  // Another process may have been faster.
  await rename(draft, template).catch(() => rm(draft, { recursive: true }));
}
