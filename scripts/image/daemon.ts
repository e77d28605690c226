import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { succeeds } from './run.ts';

export interface Daemon {
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

const START_MS = 60_000;

/** Docker's daemon that runs, or one of our own until the end, which changes nothing of the machine's network. */
export async function findOrStartDaemon(): Promise<Daemon> {
  if (await succeeds('docker', ['info'])) return { env: {}, stop: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'eventops-docker-'));
  const socket = `unix://${folder}/docker.sock`;
  const log = openSync(join(folder, 'dockerd.log'), 'w');
  const child = spawn(
    'dockerd',
    [
      ...[
        '--data-root',
        join(folder, 'data'),
        '--exec-root',
        join(folder, 'exec'),
        '-H',
        socket,
        '-p',
        join(folder, 'pid'),
      ],
      // Otherwise it would change the machine's firewall.
      ...['--iptables=false', '--ip-forward=false', '--ip-masq=false', '--bridge=none'],
    ],
    { stdio: ['ignore', log, log] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  // The builder of old needs no parts that Debian packages apart.
  const env = { DOCKER_HOST: socket, DOCKER_BUILDKIT: '0' };
  for (const giveUpAt = Date.now() + START_MS; !(await succeeds('docker', ['info'], { env })); await pause(500))
    if (Date.now() > giveUpAt || child.exitCode !== null || child.pid === undefined) {
      child.kill();
      throw new Error(
        `No Docker runs here, and none could be started (Debian: apt-get install docker.io; as root): see ${folder}/dockerd.log`,
      );
    }
  return {
    env,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      // A mount that the daemon leaves behind.
      await succeeds('umount', [join(folder, 'exec/netns/default')]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
