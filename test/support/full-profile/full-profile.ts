import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type ServerProcess, startServerProcess } from '../eventstoredb/start-server-process.ts';
import { adminToken } from '../processes/data-folder.ts';
import { type Role, type RoleOptions, type RoleProcess, roles, startRole } from '../processes/role-process.ts';
import { createPostgres, findPostgres, type PrivatePostgres } from '../services/postgres.ts';
import { createRabbitMq, findRabbitMq, type PrivateRabbitMq } from '../services/rabbitmq.ts';
import type { Authority, ServerCertificate } from '../tls/certificates.ts';
import { trusting } from '../tls/trusting.ts';

const usualHandlers = fileURLToPath(new URL('eventops.config.ts', import.meta.url));

/** Why it cannot be had here; `null` when it can. */
export function missingForFullProfile(): string | null {
  const missing = [findPostgres(), findRabbitMq()].flatMap((found) => (found.found ? [] : [found.why]));
  return missing.length === 0 ? null : missing.join('; ');
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNDEFINED_TABLE = '42P01';

/** Servers of our own, and processes of each role on them. */
export interface FullProfile {
  readonly postgres: PrivatePostgres;
  readonly rabbitMq: PrivateRabbitMq;
  /** The log's server as it runs currently. */
  log(): ServerProcess;
  /** What processes are started with, beside their ports. */
  readonly env: Readonly<Record<'EVENTSTORE_URL' | 'DATABASE_URL' | 'AMQP_URL' | 'DATA_DIR', string>>;
  /** An admin's. */
  readonly token: string;
  apiUrls(): readonly string[];
  processes(): readonly RoleProcess[];
  /** kill -9, and another one on the same ports. Between the two, `meanwhile`. */
  replace(process: RoleProcess, meanwhile: () => Promise<void>): Promise<void>;
  /** The process that holds a lease; `null` before the first one has it. */
  owner(lease: string): Promise<number | null>;
  /** kill -9 of the log's server, and another one on the same port and data. */
  restartLog(): Promise<void>;
  stop(): Promise<void>;
}

export interface FullProfileOptions {
  /** Without it, no TLS. */
  readonly tls?: ServerCertificate & Pick<Authority, 'caFile'>;
  readonly handlersFile?: string;
  /** Beside the usual settings. */
  readonly envOf?: (role: Role) => NodeJS.ProcessEnv;
  /** Told of each line that a process prints. */
  readonly onLine?: (line: string) => void;
}

export async function startFullProfile(
  counts: Readonly<Partial<Record<Role, number>>>,
  { tls, handlersFile = usualHandlers, envOf = () => ({}), onLine = () => {} }: FullProfileOptions = {},
): Promise<FullProfile> {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-full-'));
  // The servers run as another user when we are root.
  await chmod(folder, 0o755);
  const [postgresHere, rabbitMqHere] = [findPostgres(), findRabbitMq()];
  if (!postgresHere.found || !rabbitMqHere.found) throw new Error(missingForFullProfile() ?? '');
  const postgres = createPostgres({ folder: join(folder, 'pg'), binaries: postgresHere.binaries, fsync: false, tls });
  const rabbitMq = createRabbitMq({
    folder: join(folder, 'mq'),
    binaries: rabbitMqHere.binaries,
    management: false,
    tls,
  });
  const logFolder = join(folder, 'log');
  await mkdir(logFolder);
  let log: ServerProcess = await startServerProcess({ folder: logFolder, tls });
  await Promise.all([postgres.start(), rabbitMq.start()]);
  const urls = {
    EVENTSTORE_URL: log.url,
    DATABASE_URL: await postgres.createDatabase('eventops'),
    AMQP_URL: rabbitMq.url,
  };
  const env = {
    ...(tls ? trusting(tls, urls) : urls),
    DATA_DIR: join(folder, 'data'),
    EVENTOPS_CONFIG: handlersFile,
    LOG_LEVEL: 'warn',
  };
  const wanted = roles.flatMap((role) => Array.from({ length: counts[role] ?? 0 }, () => role));
  const start = (role: Role, ports: Pick<RoleOptions, 'port' | 'metricsPort'> = {}) =>
    startRole({ role, env: { ...env, ...envOf(role) }, onLine, ...ports });
  const running = await Promise.all(wanted.map((role) => start(role)));
  return {
    postgres,
    rabbitMq,
    log: () => log,
    env,
    token: await adminToken(env.DATA_DIR),
    apiUrls: () => running.filter(({ role }) => role === 'api').map(({ url }) => url),
    processes: () => [...running],
    replace: async (one, meanwhile) => {
      await one.kill();
      await meanwhile();
      const portOf = (url: string) => Number(new URL(url).port);
      const ports = { port: portOf(one.url), metricsPort: portOf(one.monitoringUrl) };
      running[running.indexOf(one)] = await start(one.role, ports);
    },
    owner: async (lease) => {
      const client = new pg.Client({ connectionString: env.DATABASE_URL });
      // Of a connection that is ended while no query runs.
      client.on('error', () => {});
      await client.connect();
      try {
        const { rows } = await client.query('select owner from leases where name = $1', [lease]);
        return rows[0] ? Number(rows[0].owner.split('/')[1]) : null;
      } catch (error) {
        // The first process that starts makes the tables.
        if ((error as { readonly code?: string }).code === UNDEFINED_TABLE) return null;
        throw error;
      } finally {
        await client.end();
      }
    },
    restartLog: async () => {
      const { port } = log;
      await log.kill();
      log = await startServerProcess({ folder: logFolder, port, tls });
    },
    stop: async () => {
      await Promise.all(running.map((each) => each.kill()));
      await Promise.all([postgres.kill(), rabbitMq.kill(), log.kill()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
