import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';
import { adminToken } from './data-folder.ts';

const eventops = fileURLToPath(new URL('../../../bin/eventops', import.meta.url));

/** A metric's samples whose labels contain `labels`, added up; 0 when there are none. */
export type Metric = (name: string, labels?: string) => Promise<number>;

/** What a process of EventOps tells on its `METRICS_PORT`. */
export const metricsAt =
  (port: number): Metric =>
  async (name, labels = '') => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  };

export interface RunningEventOps {
  readonly url: string;
  /** An admin's. */
  readonly token: string;
  readonly pid: number;
  readonly metric: Metric;
  /** SIGTERM; resolves with the exit code once the process is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>;
}

export interface RunOptions {
  readonly dataFolder: string;
  readonly handlersFile?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** `bin/eventops start` in a process of its own, ready. @throws with what it printed when it ends before that. */
export async function runEventOps({ dataFolder, handlersFile, env = {} }: RunOptions): Promise<RunningEventOps> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const settings = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    DATA_DIR: dataFolder,
    LOG_LEVEL: 'warn',
    ...(handlersFile === undefined ? {} : { EVENTOPS_CONFIG: handlersFile }),
    ...env,
  };
  const child = spawn(eventops, ['start'], { env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<'ready'>((resolve) => {
    const read = (text: string) => {
      printed = (printed + text).slice(-20_000);
      if (printed.includes('EventOps is ready')) resolve('ready');
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
  });
  if ((await Promise.race([ready, exited])) !== 'ready')
    throw new Error(`EventOps ended with exit code ${child.exitCode} before it was ready:\n${printed}`);
  return {
    url: `http://127.0.0.1:${port}`,
    token: await adminToken(dataFolder),
    pid: child.pid as number,
    metric: metricsAt(metricsPort),
    stop: async () => {
      child.kill('SIGTERM');
      return exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
