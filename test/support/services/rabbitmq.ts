import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import { connect } from 'amqplib';
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

/** Debian's own folder first: what it puts into PATH insists on its own user and its own folders. */
export function findRabbitMq(): Found<string> {
  const folders = ['/usr/lib/rabbitmq/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const binaries = folders.find((folder) => existsSync(join(folder, 'rabbitmq-server')));
  return binaries === undefined
    ? { found: false, why: 'RabbitMQ is not installed (apt-get install rabbitmq-server)' }
    : { found: true, binaries };
}

export interface PrivateRabbitMq extends PrivateService {
  /** Of its management page, if it has one, for the user and password of `url`. Known once it was started. */
  readonly managementUrl: string;
  /** A new, empty virtual host of that name; its URL. A wiped server has forgotten it. */
  createVirtualHost(name: string): Promise<string>;
  /** Runs `rabbitmqctl`. */
  control(...args: readonly string[]): Promise<void>;
}

export interface RabbitMqOptions {
  readonly folder: string;
  readonly binaries: string;
  /** The management page and its HTTP interface. With it, `stop` takes 6 s instead of 1 s (RabbitMQ 3.10). */
  readonly management: boolean;
  /** With it, AMQP is spoken over TLS alone. */
  readonly tls?: ServerCertificate | undefined;
}

const USER = 'eventops';
const VIRTUAL_HOST = 'eventops';

export function createRabbitMq({ folder, binaries, management, tls }: RabbitMqOptions): PrivateRabbitMq {
  let url = '';
  let managementUrl = '';
  let env: NodeJS.ProcessEnv = {};
  // Settled once: whoever knows the URL finds the server there again when it was stopped and started.
  let settled: Instance | null = null;
  let names: OwnProcess | null = null;
  let server: OwnProcess | null = null;

  const control = (...args: readonly string[]) =>
    runProcess({ command: join(binaries, 'rabbitmqctl'), args, env, folder });

  return {
    get url() {
      return url;
    },
    get managementUrl() {
      return managementUrl;
    },
    pid: () => server?.pid ?? -1,
    start: async () => {
      if (server?.isRunning()) return;
      settled ??= await settleInstance(folder, 4);
      const instance = settled;
      env = environment(folder, instance);
      writeConfiguration(folder, instance, { management, tls });
      const [port, , , managementPort] = instance.ports;
      url = `${tls ? 'amqps' : 'amqp'}://${USER}:${instance.password}@127.0.0.1:${port}/${VIRTUAL_HOST}`;
      managementUrl = `http://127.0.0.1:${managementPort}`;
      // Erlang's directory of nodes. Unless it is there first, the server starts one that outlives both of us.
      names = startProcess({ command: 'epmd', args: [], env, folder });
      await untilReady(names, folder, () => reach(instance.ports[2]));
      server = startProcess({ command: join(binaries, 'rabbitmq-server'), args: [], env, folder });
      await untilReady(server, folder, () => sing(url));
    },
    stop: async () => {
      if (server) await endProcess(server, 'SIGTERM', 15_000);
      await killProcess(names);
    },
    kill: async () => {
      await killProcess(server);
      await killProcess(names);
    },
    freeze: () => server?.signal('SIGSTOP'),
    thaw: () => server?.signal('SIGCONT'),
    wipe: () => rm(join(folder, 'data'), { recursive: true, force: true }),
    control,
    createVirtualHost: async (name) => {
      if (management) await createOverHttp(name, { url, managementUrl });
      else {
        await control('add_vhost', name);
        await control('set_permissions', '-p', name, USER, '.*', '.*', '.*');
      }
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
  };
}

/** In 15 ms where `rabbitmqctl` takes half a second of a core. Its creator has all permissions in it. */
async function createOverHttp(
  name: string,
  { url, managementUrl }: { readonly url: string; readonly managementUrl: string },
): Promise<void> {
  const { username, password } = new URL(url);
  const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
  const answer = await fetch(`${managementUrl}/api/vhosts/${name}`, { method: 'PUT', headers });
  if (!answer.ok) throw new Error(`The virtual host was not created: ${answer.status} ${await answer.text()}`);
}

/** Every path and port of a node is set, so that nothing of an installed broker is touched or shared. */
function environment(folder: string, { ports }: Instance): NodeJS.ProcessEnv {
  const [, distributionPort, namesPort] = ports;
  return {
    RABBITMQ_NODENAME: 'eventops@localhost',
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: '-',
    RABBITMQ_DIST_PORT: `${distributionPort}`,
    // Apart from the ports of servers, which may be down for a while when `rabbitmqctl` looks for one of its own.
    RABBITMQ_CTL_DIST_PORT_MIN: '19000',
    RABBITMQ_CTL_DIST_PORT_MAX: '19999',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_PORT: `${namesPort}`,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // The start script then becomes the server instead of waiting for it: one process to signal.
    detached: '1',
  };
}

function writeConfiguration(
  folder: string,
  { ports, password }: Instance,
  { management, tls }: Pick<RabbitMqOptions, 'management' | 'tls'>,
): void {
  const files = {
    'rabbitmq-env.conf': '',
    enabled_plugins: management ? '[rabbitmq_management].\n' : '[].\n',
    'rabbitmq.conf': [
      `listeners.${tls ? 'ssl' : 'tcp'}.1 = 127.0.0.1:${ports[0]}`,
      ...(tls
        ? ['listeners.tcp = none', `ssl_options.certfile = ${tls.certificate}`, `ssl_options.keyfile = ${tls.key}`]
        : []),
      `default_user = ${USER}`,
      `default_pass = ${password}`,
      `default_vhost = ${VIRTUAL_HOST}`,
      ...(management ? ['management.tcp.ip = 127.0.0.1', `management.tcp.port = ${ports[3]}`] : []),
      // Quorum queues keep their write-ahead log in memory, too: 512 MiB by default.
      'raft.wal_max_size_bytes = 67108864',
      '',
    ].join('\n'),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    handOver(join(folder, name));
  }
  mkdirSync(join(folder, 'data'), { recursive: true });
  handOver(join(folder, 'data'));
}

const reach = (port = 0) =>
  new Promise<void>((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => resolve(void socket.destroy())).once('error', reject);
  });

/** The canary: one message through a queue of its own, there and back. */
async function sing(url: string): Promise<void> {
  // It is our own server: whether others believe its certificate is for the tests to say.
  const connection = await connect(url, { timeout: 2_000, rejectUnauthorized: false });
  connection.on('error', () => {});
  try {
    const channel = await connection.createConfirmChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    channel.sendToQueue(queue, Buffer.from('canary'));
    await channel.waitForConfirms();
    if ((await channel.get(queue, { noAck: true })) === false) throw new Error('The canary did not come back');
  } finally {
    await connection.close();
  }
}
