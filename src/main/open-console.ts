import { readdir, readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Console, ConsoleFile } from '../api/console/console.ts';
import type { Clock } from '../application/ports/clock.ts';
import { tokenRoles } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import { versionOfPackage } from './version-of-package.ts';

/** Where `npm run console` writes to. */
const FOLDER = 'console/dist';
const NONCE = '__NONCE__';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

type Settings = Pick<
  Config,
  'console' | 'consoleClientId' | 'dataFolder' | 'oidcAudience' | 'oidcIssuer' | 'production' | 'traceUrl'
>;

/** The console as the settings have it; `null` where it is left out, or was not built. Its files are read when they are first asked for. */
export async function openConsole(config: Settings, clock: Pick<Clock, 'now'>): Promise<Console | null> {
  const folder = join(dirname(findPackageJSON(import.meta.url) ?? '.'), FOLDER);
  const names = config.console ? await filesIn(join(folder, 'assets')) : [];
  if (names.length === 0) return null;
  const { dataFolder, oidcIssuer, oidcAudience: audience, consoleClientId: clientId, traceUrl } = config;
  const takesDevelopmentTokens = oidcIssuer === null && !config.production;
  const page = once(() => readFile(join(folder, 'index.html'), 'utf8'));
  const files = new Map(names.map((name) => [name, once(() => readConsoleFile(join(folder, 'assets', name)))]));
  return {
    settings: {
      version: versionOfPackage(),
      issuer: oidcIssuer === null ? null : { url: oidcIssuer, clientId, audience },
      developmentRoles: takesDevelopmentTokens ? tokenRoles : [],
      traceUrl,
    },
    page: async (nonce) => (await page()).replaceAll(NONCE, nonce),
    file: async (name) => (await files.get(name)?.()) ?? null,
    issueToken: takesDevelopmentTokens
      ? async (role) => {
          // With what signs it: most processes are never asked.
          const { issueDevelopmentToken } = await import('../adapters/development-issuer/development-issuer.ts');
          return issueDevelopmentToken({ dataFolder, role, scopes: [], subject: 'developer', now: clock.now() });
        }
      : null,
  };
}

/** What could not be read may be there the next time. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | null = null;
  return () => {
    const current = value ?? read();
    value = current;
    current.catch(() => {
      value = null;
    });
    return current;
  };
}

async function readConsoleFile(path: string): Promise<ConsoleFile> {
  const bytes = await readFile(path);
  return {
    type: types[extname(path)] ?? 'application/octet-stream',
    bytes,
    gzipped: await promisify(gzip)(bytes, { level: 9 }),
  };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
