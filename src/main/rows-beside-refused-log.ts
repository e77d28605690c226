import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withEndsOfStreams } from '../adapters/embedded-log/ends-of-streams.ts';
import { LogFileRefused } from '../adapters/embedded-log/log-file-refused.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Database } from '../projections/database.ts';
import { lostEvents } from './lost-events.ts';
import { readTablesOf } from './read-tables.ts';

interface LogPaths {
  readonly path: string;
  readonly dataFolder: string;
}

/**
 * The same error; for a log that has lost transitions, or may have, with what the rows beside it show of them: the log
 * knows no more of them than a position.
 */
export async function withWhatRowsShow(error: unknown, paths: LogPaths): Promise<unknown> {
  if (!(error instanceof LogFileRefused) || error.problem !== 'incomplete') return error;
  // It is refused in any case, and by what it says itself.
  const shown = await whatRowsShow(paths).catch(() => null);
  return shown === null ? error : new LogFileRefused('incomplete', `${error.message}\n${shown}`, { cause: error });
}

/**
 * What rows have seen and a log that no process has open lacks, as a sentence; `null` where they show nothing.
 * @param rowsFolder of the read tables; those beside the log by default.
 */
export async function whatRowsShow({
  path,
  dataFolder,
  rowsFolder = readTablesOf(dataFolder),
}: LogPaths & { readonly rowsFolder?: string }): Promise<string | null> {
  const { embeddedFolder } = await import('../adapters/postgres/embedded-folder.ts');
  const rows = embeddedFolder(rowsFolder);
  if (!(await rows.hasCluster()) || (await rows.reasonToDiscard()) !== null) return null;
  // Opening the rows changes their files, and they are evidence.
  const folder = await mkdtemp(join(dataFolder, 'read-tables.copy-'));
  try {
    const copy = embeddedFolder(folder);
    await cp(rows.cluster, copy.cluster, { recursive: true });
    await copy.markOpen();
    return await whatCopyTells(folder, path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function whatCopyTells(folder: string, path: string): Promise<string> {
  const { openEmbeddedReadDatabase } = await import('../adapters/postgres/open-embedded-read-database.ts');
  const { db, close } = await openEmbeddedReadDatabase<Database>({ folder, logger: nowhere });
  try {
    const lost = await withEndsOfStreams(path, (endOf) =>
      lostEvents({ hasTransition: (stream, revision) => revision <= (endOf(stream) ?? -1), db }),
    );
    return lost === null
      ? 'The rows beside the log, which may have been behind it, have seen nothing that it lacks.'
      : `By the rows beside it, the log lacks ${lost}.`;
  } finally {
    await close();
  }
}

/** Log lines about the copy would be taken for lines about the tables. */
const nowhere: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => nowhere };
