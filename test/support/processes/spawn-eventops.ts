import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface SpawnedEventOps {
  readonly pid: number;
  /** Resolves when it says that it is ready. @throws with what it printed when it ends before that. */
  readonly ready: Promise<void>;
  /** With the exit code, or `null` after a signal. */
  readonly ended: Promise<number | null>;
  /** With the signal that ended it, or `null` when it ended by itself. */
  readonly endedBy: Promise<NodeJS.Signals | null>;
  /** SIGTERM; resolves with the exit code once the process is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>;
}

export interface SpawnOptions {
  /** After `start`. */
  readonly args?: readonly string[];
  /** Beside the ports. */
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  readonly metricsPort: number;
  readonly onLine?: ((line: string) => void) | undefined;
}

const eventops = fileURLToPath(new URL('../../../bin/eventops', import.meta.url));
/** The kernel ends the process when we end, however that happens. Linux alone knows it. */
const guard = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];

/** `eventops start` in a process of its own, which may be killed before it is ready. */
export function spawnEventOps({ args = [], env, port, metricsPort, onLine = () => {} }: SpawnOptions): SpawnedEventOps {
  const [command, ...before] = [...guard, eventops, 'start'] as const;
  const child = spawn(command, [...before, ...args], {
    // One operator of tests acts as often as many do.
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      RATE_LIMIT_ACTS_PER_MINUTE: '0',
      ...env,
      PORT: `${port}`,
      METRICS_PORT: `${metricsPort}`,
    },
    // A group of its own: an interrupt at the keyboard is for us, and we end the processes in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const saysReady = Promise.withResolvers<'ready'>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      printed.push(line);
      if (printed.length > 50) printed.shift();
      onLine(line);
      if (line.startsWith('EventOps is ready')) saysReady.resolve('ready');
    });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });
  const endedBy = ended.then(() => child.signalCode);
  const ready = Promise.race([saysReady.promise, ended]).then((first) => {
    if (first === 'ready') return;
    const name = ['eventops start', ...args].join(' ');
    throw new Error(`${name} ended with exit code ${child.exitCode} before it was ready:\n${printed.join('\n')}`);
  });
  // Whoever killed it on purpose does not wait for it.
  ready.catch(() => {});
  return {
    pid: child.pid as number,
    ready,
    ended,
    endedBy,
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
