import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export interface BenchServer {
  readonly url: string;
  readonly token: string;
  /** One sample of a metric, summed over its labels that contain `labels`; 0 when it has none. */
  metric(name: string, labels?: string): Promise<number>;
  stop(): Promise<void>;
}

/** An EventOps of its own on a data folder of its own, with the settings of `env` on top. */
export async function startServer(env: NodeJS.ProcessEnv = {}): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-bench-'));
  const [port, metricsPort] = [18_000, 18_001];
  const settings = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    DATA_DIR: folder,
    EVENTOPS_CONFIG: inRoot('bench/eventops.config.ts'),
    LOG_LEVEL: 'warn',
    ...env,
  };
  const child = spawn(inRoot('bin/eventops'), ['start'], { env: settings, stdio: ['ignore', 'pipe', 'inherit'] });
  await output(child, 'EventOps is ready');
  const token = execFileSync(inRoot('bin/eventops'), ['token'], { env: settings, encoding: 'utf8' }).trim();
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    metric: async (name, labels = '') => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return text
        .split('\n')
        .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true });
    },
  };
}

/** A bare Fastify that parses the same body and answers: what HTTP alone costs on this machine. */
export async function startCeiling(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [inRoot('bench/ceiling.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  await output(child, 'listening');
  return { url: 'http://127.0.0.1:18002', stop: () => end(child) };
}

const output = (child: ChildProcess, sign: string) =>
  new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => text.includes(sign) && resolve());
    child.once('exit', (code) => reject(new Error(`The server ended with exit code ${code} before it was ready`)));
  });

const end = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
