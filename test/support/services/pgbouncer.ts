import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { settleInstance } from './instance-file.ts';
import { endProcess, handOver, killProcess, type OwnProcess, startProcess, untilReady } from './own-process.ts';
import type { Found } from './private-service.ts';

export function findPgBouncer(): Found<string> {
  const folders = ['/usr/sbin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const folder = folders.find((each) => existsSync(join(each, 'pgbouncer')));
  return folder === undefined
    ? { found: false, why: 'PgBouncer is not installed (apt-get install pgbouncer)' }
    : { found: true, binaries: join(folder, 'pgbouncer') };
}

/** In front of one server: whoever knows a database's URL reaches it through the pooler by {@link PgBouncer.through}. */
export interface PgBouncer {
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  through(databaseUrl: string): string;
}

export interface PgBouncerOptions {
  readonly folder: string;
  readonly binaries: string;
  /** Of any database on the server that it stands before. */
  readonly serverUrl: string;
  readonly poolMode: 'session' | 'transaction';
  /** More lines for its section `[pgbouncer]`. */
  readonly settings?: readonly string[];
}

export function createPgBouncer(options: PgBouncerOptions): PgBouncer {
  const { folder, binaries, serverUrl } = options;
  let port = 0;
  let process: OwnProcess | null = null;
  const through = (databaseUrl: string) => Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href;
  return {
    start: async () => {
      if (process?.isRunning()) return;
      const { ports } = await settleInstance(folder, 1);
      [port = 0] = ports;
      writeConfiguration(options, port);
      process = startProcess({ command: binaries, args: [join(folder, 'pgbouncer.ini')], folder });
      await untilReady(process, folder, () => canary(through(serverUrl)));
    },
    stop: async () => {
      if (process) await endProcess(process, 'SIGTERM', 5_000);
    },
    kill: () => killProcess(process),
    through,
  };
}

function writeConfiguration({ folder, serverUrl, poolMode, settings = [] }: PgBouncerOptions, port: number): void {
  const server = new URL(serverUrl);
  const files = {
    'users.txt': `"${decodeURIComponent(server.username)}" "${decodeURIComponent(server.password)}"\n`,
    'pgbouncer.ini': [
      '[databases]',
      `* = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${join(folder, 'users.txt')}`,
      `pool_mode = ${poolMode}`,
      // Fewer than our own pool has, so that sessions change hands.
      `default_pool_size = ${poolMode === 'session' ? 20 : 3}`,
      // After a lost server it is asked again soon.
      'server_login_retry = 1',
      ...settings,
      '',
    ].join('\n'),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    handOver(join(folder, name));
  }
}

async function canary(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select 1');
  } finally {
    await client.end();
  }
}
