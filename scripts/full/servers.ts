import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseAddress } from '../../src/adapters/eventstoredb/parse-address.ts';
import { parsePostgresServer } from '../../src/adapters/postgres/server.ts';
import { parseBroker } from '../../src/adapters/rabbitmq/broker.ts';
import { ServerUrlInvalid } from '../../src/application/failures.ts';
import { startServerProcess } from '../../test/support/eventstoredb/start-server-process.ts';
import { createPostgres, findPostgres } from '../../test/support/services/postgres.ts';
import { createRabbitMq, findRabbitMq } from '../../test/support/services/rabbitmq.ts';

/** A server that the processes stand on. */
export interface Server {
  readonly setting: 'EVENTSTORE_URL' | 'DATABASE_URL' | 'AMQP_URL';
  readonly url: string;
  /** What it is, for whoever watches. */
  readonly description: string;
  /** Does nothing to a server that was there before us. */
  stop(): Promise<void>;
}

export class ServerMissing extends Error {
  override readonly name = 'ServerMissing';
}

type Starter = (folder: string) => Promise<Omit<Server, 'setting'>>;

const starters: Readonly<Record<Server['setting'], Starter>> = {
  EVENTSTORE_URL: async (folder) => {
    mkdirSync(folder, { recursive: true });
    const { url, stop } = await startServerProcess({ folder });
    const description = "log: not EventStoreDB, but this project's own server that speaks its protocol";
    return { url, description, stop: async () => void (await stop()) };
  },
  DATABASE_URL: async (folder) => {
    const found = findPostgres();
    if (!found.found) throw new ServerMissing(`${found.why}; or give DATABASE_URL`);
    const postgres = createPostgres({ folder, binaries: found.binaries, fsync: true });
    await postgres.start();
    return { url: postgres.url, description: `read tables: PostgreSQL from ${found.binaries}`, stop: postgres.stop };
  },
  AMQP_URL: async (folder) => {
    const found = findRabbitMq();
    if (!found.found) throw new ServerMissing(`${found.why}; or give AMQP_URL`);
    const rabbitMq = createRabbitMq({ folder, binaries: found.binaries, management: true });
    await rabbitMq.start();
    const description = `commands: RabbitMQ from ${found.binaries}, its management page at ${rabbitMq.managementUrl}`;
    return { url: rabbitMq.url, description, stop: rabbitMq.stop };
  },
};

/** As the adapters read it: a cluster's list of hosts is no URL to `URL`. @throws {ServerUrlInvalid} */
const labels: Readonly<Record<Server['setting'], (url: string) => string>> = {
  EVENTSTORE_URL: (url) => parseAddress(url).label,
  DATABASE_URL: (url) => parsePostgresServer(url).label,
  AMQP_URL: (url) => parseBroker(url).label,
};

function labelOf(setting: Server['setting'], url: string): string {
  try {
    return labels[setting](url);
  } catch (error) {
    if (!(error instanceof ServerUrlInvalid)) throw error;
    throw new ServerMissing(`${setting}: ${error.message}`, { cause: error });
  }
}

/** The server that a setting names, or one of our own with its data in `folder`. @throws {ServerMissing} */
export async function findOrStart(setting: Server['setting'], given: string | null, folder: string): Promise<Server> {
  if (given === null)
    return { setting, ...(await starters[setting](join(folder, setting.slice(0, -4).toLowerCase()))) };
  return { setting, url: given, description: `${setting} is given: ${labelOf(setting, given)}`, stop: async () => {} };
}

/**
 * Where our servers keep their data. As root they run as another user, who may not be let into the checkout: then the
 * data goes to the system's folder for temporary files.
 */
export function dataFolderFor(dataDir: string): string {
  const wanted = resolve(dataDir, 'full');
  mkdirSync(wanted, { recursive: true });
  if (process.getuid?.() !== 0) return wanted;
  chmodSync(wanted, 0o755);
  if (ancestors(wanted).every(isOpenToAll)) return wanted;
  const other = join(tmpdir(), `eventops-full-${Buffer.from(wanted).toString('base64url').slice(-24)}`);
  mkdirSync(other, { recursive: true, mode: 0o755 });
  accessSync(other, constants.W_OK);
  return other;
}

const ancestors = (path: string): readonly string[] =>
  path === dirname(path) ? [path] : [path, ...ancestors(dirname(path))];
const isOpenToAll = (path: string) => (statSync(path).mode & 0o001) !== 0;
