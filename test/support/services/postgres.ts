import { existsSync, globSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import pg from 'pg';
import type { ServerCertificate } from '../tls/certificates.ts';
import { type Instance, settleInstance } from './instance-file.ts';
import {
  endProcess,
  handOver,
  killProcess,
  type OwnProcess,
  runProcess,
  startProcess,
  untilReady,
} from './own-process.ts';
import type { Found, PrivateService } from './private-service.ts';

/** Where Debian keeps the newest PostgreSQL's programs, or the folder in PATH that has them. */
export function findPostgres(): Found<string> {
  const version = (path: string) => Number(/(\d+)\/bin$/.exec(path)?.[1] ?? 0);
  const debian = globSync('/usr/lib/postgresql/*/bin').sort((one, other) => version(other) - version(one));
  const folders = [...debian, ...(process.env['PATH'] ?? '').split(delimiter)];
  const binaries = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
  return binaries === undefined
    ? { found: false, why: 'PostgreSQL is not installed (apt-get install postgresql)' }
    : { found: true, binaries };
}

export interface PrivatePostgres extends PrivateService {
  /** A new, empty database of that name; its URL. */
  createDatabase(name: string): Promise<string>;
}

export interface PostgresOptions {
  readonly folder: string;
  readonly binaries: string;
  /** Without it a power cut costs the data, a `kill -9` does not: fine for tests, and faster. */
  readonly fsync: boolean;
  /** With it, those who ask for TLS get it, and others go without. */
  readonly tls?: ServerCertificate | undefined;
}

const USER = 'eventops';

export function createPostgres({ folder, binaries, fsync, tls }: PostgresOptions): PrivatePostgres {
  const data = join(folder, 'data');
  let url = '';
  // Settled once: whoever knows the URL finds the server there again when it was stopped and started.
  let instance: Instance | null = null;
  let server: OwnProcess | null = null;

  const query = async (text: string) => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };

  return {
    get url() {
      return url;
    },
    pid: () => server?.pid ?? -1,
    start: async () => {
      if (server?.isRunning()) return;
      instance ??= await settleInstance(folder, 1);
      const { ports, password } = instance;
      const [port] = ports;
      if (!existsSync(join(data, 'PG_VERSION'))) await initialise(dirname(data), data, { binaries, password });
      url = `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
      server = startProcess({
        command: join(binaries, 'postgres'),
        folder,
        args: [
          ...['-D', data, '-p', `${port}`],
          ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
          ...['-c', `fsync=${fsync ? 'on' : 'off'}`, '-c', 'max_connections=200'],
          ...(tls ? ['-c', 'ssl=on', '-c', `ssl_cert_file=${tls.certificate}`, '-c', `ssl_key_file=${tls.key}`] : []),
        ],
      });
      await untilReady(server, folder, () => query('create temporary table canary as select 1 as sings'));
    },
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint.
    stop: async () => {
      if (server) await endProcess(server, 'SIGINT', 10_000);
    },
    kill: () => killProcess(server),
    freeze: () => server?.signal('SIGSTOP', 'with-children'),
    thaw: () => server?.signal('SIGCONT', 'with-children'),
    wipe: () => rm(data, { recursive: true, force: true }),
    createDatabase: async (name) => {
      await query(`create database "${name}"`);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
  };
}

async function initialise(
  folder: string,
  data: string,
  { binaries, password }: { readonly binaries: string; readonly password: string },
): Promise<void> {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  handOver(passwordFile);
  const access = ['--auth=scram-sha-256', `--username=${USER}`, `--pwfile=${passwordFile}`];
  await runProcess({
    command: join(binaries, 'initdb'),
    folder,
    args: ['-D', data, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', ...access],
  });
  await rm(passwordFile);
}
