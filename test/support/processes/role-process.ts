import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

export const roles = ['api', 'projector', 'dispatcher', 'worker'] as const;
export type Role = (typeof roles)[number];

export interface RoleProcess {
  readonly role: Role;
  readonly pid: number;
  /** Where the API listens, in a process that has it. */
  readonly url: string;
  /** `/metrics`, `/healthz` and `/readyz`. */
  readonly monitoringUrl: string;
  /** With the exit code, or `null` after a signal. */
  readonly ended: Promise<number | null>;
  /** SIGTERM; resolves with the exit code once the process is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>;
}

export interface RoleOptions {
  readonly role: Role;
  /** Beside the ports: where log, read tables and broker are, and the data folder. */
  readonly env: NodeJS.ProcessEnv;
  /** Of the API; a free one unless told. */
  readonly port?: number | undefined;
  /** A free one unless told. */
  readonly metricsPort?: number | undefined;
  readonly onLine?: (line: string) => void;
}

const eventops = fileURLToPath(new URL('../../../src/main/eventops.ts', import.meta.url));
/** The kernel ends the process when we end, however that happens. Linux alone knows it. */
const guard = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];

/** One role in a process of its own, ready. @throws with what it printed when it ends before that. */
export async function startRole({
  role,
  env,
  port,
  metricsPort,
  onLine = () => {},
}: RoleOptions): Promise<RoleProcess> {
  const [ownPort, ownMetricsPort] = [port ?? (await freePort()), metricsPort ?? (await freePort())];
  const [command, ...args] = [...guard, process.execPath, eventops, 'start', '--roles', role];
  const child = spawn(command, args, {
    env: { ...process.env, HOST: '127.0.0.1', ...env, PORT: `${ownPort}`, METRICS_PORT: `${ownMetricsPort}` },
    // A group of its own: an interrupt at the keyboard is for us, and we end the processes in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const ready = Promise.withResolvers<'ready'>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      printed.push(line);
      if (printed.length > 50) printed.shift();
      onLine(line);
      if (line.startsWith('EventOps is ready')) ready.resolve('ready');
    });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });
  if ((await Promise.race([ready.promise, ended])) !== 'ready')
    throw new Error(`The ${role} ended with exit code ${child.exitCode} before it was ready:\n${printed.join('\n')}`);
  return {
    role,
    pid: child.pid as number,
    url: `http://127.0.0.1:${ownPort}`,
    monitoringUrl: `http://127.0.0.1:${ownMetricsPort}`,
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
