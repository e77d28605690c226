import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { lookAtLog } from '../../adapters/embedded-log/look-at-log.ts';
import type { Config } from '../../config/config.ts';
import { ConfigInvalid, loadConfig } from '../../worker/handlers/load-config.ts';
import { logFileOf } from '../open-parts.ts';
import { clocksApart, type Finding, ok, roomLeft, skipped, warning, wrong } from './finding.ts';

const OLDEST_NODE = 24;

export function lookAtVersions(version: string): readonly Finding[] {
  const major = Number(process.versions.node.split('.')[0]);
  const node = `Node ${process.versions.node}`;
  return [
    ok('version', `EventOps ${version}`),
    major >= OLDEST_NODE ? ok('node', node) : wrong('node', node, `install Node ${OLDEST_NODE} or later`),
  ];
}

/** The data folder and the log in it, without a lock: a system may be running on it. */
export function lookAtDataFolder({ dataFolder, eventStoreUrl }: Config): readonly Finding[] {
  const there = existingAbove(dataFolder);
  const room = roomLeft(freeIn(there), there);
  if (there !== dataFolder) return [skipped('data folder', `${dataFolder} is not there yet: a start makes it`), room];
  const access = mayUse(dataFolder);
  return [access, room, eventStoreUrl === null ? logIn(dataFolder) : skipped('log', 'it is EventStoreDB')];
}

function existingAbove(folder: string): string {
  return existsSync(folder) ? folder : existingAbove(dirname(folder));
}

function freeIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function mayUse(folder: string): Finding {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok('data folder', `${folder} can be read and written`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return wrong('data folder', `${folder} cannot be used by this user (${code})`, `chown -R $(id -un) ${folder}`);
  }
}

function logIn(folder: string): Finding {
  const file = logFileOf(folder);
  if (!existsSync(file)) return skipped('log', 'there is none yet: a start makes it');
  const log = lookAtLog(file);
  switch (log.state) {
    case 'in-use':
      return ok('log', `a process that runs has ${file}, and has opened it`);
    case 'sound':
      return ok('log', `${file} can be opened; eventops verify checks all of it`);
    case 'unusable': {
      const advice = 'eventops verify says more; docs/operating.md, Back up and restore';
      return wrong('log', `${file} cannot be opened: ${log.why}`, advice);
    }
  }
}

/** Its clock against this machine's, without touching its tables. */
export async function lookAtPostgres({ databaseUrl }: Config): Promise<readonly Finding[]> {
  if (databaseUrl === null) return [];
  const { clockOfServer } = await import('../../adapters/postgres/clock-of-server.ts');
  const askedAt = Date.now();
  try {
    const { now, version } = await clockOfServer(databaseUrl);
    const asked = { askedAt, answeredAt: Date.now(), resolutionMs: 1 };
    return [ok('postgresql', `PostgreSQL ${version} answers`), clocksApart('clock of postgresql', now, asked)];
  } catch (error) {
    const { message } = error as Error;
    return [wrong('postgresql', message, 'check DATABASE_URL, that the server runs, and that this machine reaches it')];
  }
}

/** As a start reads it: its own code runs. */
export async function lookAtHandlers({ handlersFile }: Pick<Config, 'handlersFile'>): Promise<readonly Finding[]> {
  if (!existsSync(handlersFile))
    return [warning('handlers', `there is no ${handlersFile}`, 'give EVENTOPS_CONFIG, or write one: docs/handlers.md')];
  try {
    const handlers = await loadConfig(handlersFile);
    return [ok('handlers', `${handlersFile} has ${handlers.length}`)];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.problems.map((problem) => wrong('handlers', `${handlersFile}: ${problem}`, 'docs/handlers.md'));
  }
}
