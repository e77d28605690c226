import { mkdir } from 'node:fs/promises';
import { issueDevelopmentToken } from '../../../src/adapters/development-issuer/development-issuer.ts';
import { copyEmptyTables } from '../../../src/adapters/postgres/embedded-template.ts';
import { readTablesOf } from '../../../src/main/read-tables.ts';
import { silentLogger } from '../worker/silent-logger.ts';

/**
 * A data folder whose embedded read tables are there already. Whoever makes them at the first start takes several
 * seconds of a processor; the tests of what a newcomer types do.
 */
export async function makeDataFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await copyEmptyTables(readTablesOf(folder), silentLogger);
}

/** What `eventops token` prints for this data folder, without a process. */
export async function adminToken(dataFolder: string, subject = 'developer'): Promise<string> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  return issueDevelopmentToken({ dataFolder, role: 'admin', scopes: [], subject, now: Date.now() });
}

/** The same for a client that may do nothing but this. */
export const tokenWithScope = (dataFolder: string, scope: string): Promise<string> =>
  issueDevelopmentToken({ dataFolder, scopes: [scope], subject: 'developer', now: Date.now() });
