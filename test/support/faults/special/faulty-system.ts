import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEventStoreDbLog } from '../../../../src/adapters/eventstoredb/open-event-store-db-log.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import type { Evidence } from '../../guarantees/evidence.ts';
import { readAllHistories } from '../../guarantees/read-histories.ts';
import { adminToken } from '../../processes/data-folder.ts';
import { type Role, type RoleProcess, roles, startRole } from '../../processes/role-process.ts';
import { createPostgres, findPostgres, type PrivatePostgres } from '../../services/postgres.ts';
import { createRabbitMq, findRabbitMq, type PrivateRabbitMq } from '../../services/rabbitmq.ts';
import { silentLogger } from '../../worker/silent-logger.ts';
import type { Service } from '../load/ask.ts';
import { listRows, untilAtRest } from '../load/observe.ts';
import { openWitnessFile, type WitnessFile } from '../load/witness-file.ts';
import { type LogServer, startLogServer } from './log-server.ts';
import { type Network, startNetwork } from './network.ts';

const usualHandlers = fileURLToPath(new URL('../load/eventops.config.ts', import.meta.url));
const ROWS_WITHIN_MS = 60_000;

/** The full profile: a process of each role, on servers of its own that may be harmed. */
export interface FaultySystem {
  readonly servers: { readonly log: LogServer; readonly rabbitMq: PrivateRabbitMq; readonly postgres: PrivatePostgres };
  /** Between the processes and each server. */
  readonly networks: { readonly log: Network; readonly rabbitMq: Network; readonly postgres: Network };
  readonly service: Service;
  readonly witness: WitnessFile;
  process(role: Role): RoleProcess;
  /** Roles whose processes have ended, which none may by itself. */
  ended(): readonly Role[];
  /** Resolves once every event has its end, or waits for a retry that is due in more than a minute. */
  untilAllButLateRetriesEnded(withinMs: number): Promise<void>;
  /** Once everything is at rest, or stuck. */
  evidence(): Promise<Evidence & { readonly secondsToRest: number }>;
  stop(): Promise<void>;
}

export interface FaultySystemOptions {
  readonly handlersFile?: string;
  /** PostgreSQL's data; in a folder like all others by default. */
  readonly postgresFolder?: string;
  /** Beside the usual settings. */
  readonly envOf?: (role: Role) => NodeJS.ProcessEnv;
}

export async function startFaultySystem({
  handlersFile = usualHandlers,
  postgresFolder,
  envOf = () => ({}),
}: FaultySystemOptions = {}): Promise<FaultySystem> {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-faults-'));
  // The servers run as another user when we are root.
  await chmod(folder, 0o755);
  const servers = await startServers(folder, postgresFolder);
  const urls = {
    log: servers.log.url,
    rabbitMq: servers.rabbitMq.url,
    postgres: await servers.postgres.createDatabase('eventops'),
  };
  const networks = {
    log: await startNetwork(portOf(urls.log)),
    rabbitMq: await startNetwork(portOf(urls.rabbitMq)),
    postgres: await startNetwork(portOf(urls.postgres)),
  };
  const through = (server: keyof typeof urls) =>
    urls[server].replace(`:${portOf(urls[server])}`, `:${networks[server].port}`);
  const env = {
    EVENTSTORE_URL: through('log'),
    DATABASE_URL: through('postgres'),
    AMQP_URL: through('rabbitMq'),
    DATA_DIR: join(folder, 'data'),
    EVENTOPS_CONFIG: handlersFile,
    LOG_LEVEL: 'warn',
  };
  const ended: Role[] = [];
  const running = await Promise.all(roles.map((role) => startRole({ role, env: { ...env, ...envOf(role) } })));
  for (const { role, ended: end } of running) void end.then(() => ended.push(role));
  const processOf = (role: Role) => running[roles.indexOf(role)] as RoleProcess;
  const token = await adminToken(env.DATA_DIR);
  const service = { urls: [processOf('api').url], token };
  const witness = await openWitnessFile(join(folder, 'witness'));
  return {
    servers,
    networks,
    service,
    witness,
    process: processOf,
    ended: () => [...ended],
    untilAllButLateRetriesEnded: async (withinMs) => {
      const giveUpAt = performance.now() + withinMs;
      while (!hasOnlyLateRetries(await listRows(service, giveUpAt))) {
        if (performance.now() > giveUpAt) throw new Error(`There are unfinished events ${withinMs / 1_000} s later`);
        await pause(500);
      }
    },
    evidence: async () => {
      const restMs = await untilAtRest(service, witness);
      const [histories, rows] = [
        await readHistories(urls.log),
        await listRows(service, performance.now() + ROWS_WITHIN_MS),
      ];
      return { ...(await witness.read()), histories, rows, secondsToRest: Math.ceil(restMs / 1_000) };
    },
    stop: async () => {
      await Promise.all(running.map((each) => each.kill()));
      await Promise.all([servers.postgres, servers.rabbitMq, servers.log].map((server) => server.kill()));
      await Promise.all(Object.values(networks).map((network) => network.close()));
      await witness.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const ends = ['PROCESSED', 'DEAD', 'DISCARDED'];

function hasOnlyLateRetries(rows: NonNullable<Evidence['rows']>): boolean {
  const soon = new Date(Date.now() + 60_000).toISOString();
  return [...rows.values()].every(
    ({ status, nextAttemptAt }) => ends.includes(status) || (status === 'FAILED' && (nextAttemptAt ?? '') > soon),
  );
}

const portOf = (url: string) => Number(new URL(url).port);

async function startServers(folder: string, postgresFolder = join(folder, 'pg')): Promise<FaultySystem['servers']> {
  const [postgresHere, rabbitMqHere] = [findPostgres(), findRabbitMq()];
  if (!postgresHere.found) throw new Error(postgresHere.why);
  if (!rabbitMqHere.found) throw new Error(rabbitMqHere.why);
  const postgres = createPostgres({ folder: postgresFolder, binaries: postgresHere.binaries, fsync: false });
  const rabbitMq = createRabbitMq({ folder: join(folder, 'mq'), binaries: rabbitMqHere.binaries, management: false });
  await mkdir(join(folder, 'log'));
  const [log] = await Promise.all([startLogServer(join(folder, 'log')), postgres.start(), rabbitMq.start()]);
  return { log, rabbitMq, postgres };
}

async function readHistories(url: string): Promise<Evidence['histories']> {
  const log = openEventStoreDbLog({ url, clock: systemClock, random: systemRandom, logger: silentLogger });
  try {
    return await readAllHistories(log);
  } finally {
    await log.close();
  }
}
