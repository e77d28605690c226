import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.ts';
import { roles } from '../test/support/processes/role-process.ts';
import { type Metric, metricsAt, runEventOps } from '../test/support/processes/running-eventops.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface BenchServer {
  readonly url: string;
  readonly token: string;
  /** Each process of EventOps by name, with what it measures of itself. */
  readonly processes: Readonly<Record<string, Metric>>;
  stop(): Promise<void>;
}

export const profiles = { embedded: startEmbedded, full: startFull } as const;

const dataFolder = () => mkdtempSync(join(tmpdir(), 'eventops-bench-'));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** One process, on a data folder that goes with it. */
async function startEmbedded(): Promise<BenchServer> {
  const folder = dataFolder();
  const server = await runEventOps({ dataFolder: folder, handlersFile: here('eventops.config.ts') });
  return {
    url: server.url,
    token: server.token,
    processes: { eventops: server.metric },
    stop: async () => {
      await server.stop();
      remove(folder);
    },
  };
}

/** What `npm run full` starts: a process for each role, and the servers that no setting names. */
async function startFull(): Promise<BenchServer> {
  const folder = dataFolder();
  const [port, metricsPort] = [await freePort(), 21_900];
  const env = {
    ...process.env,
    DATA_DIR: folder,
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    EVENTOPS_CONFIG: here('eventops.config.ts'),
    LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, [here('../scripts/full.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => line.startsWith('All are ready') && resolve());
    child.once('exit', (code) => reject(new Error(`npm run full ended with exit code ${code} before it was ready`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    token: execFileSync(here('../bin/eventops'), ['token'], { env, encoding: 'utf8' }).trim(),
    processes: Object.fromEntries(roles.map((role, index) => [role, metricsAt(metricsPort + index)])),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      remove(folder);
    },
  };
}

/** A bare Fastify that parses the same body and answers: what HTTP alone costs on this machine. */
export async function startCeiling(): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, [here('ceiling.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', (code) => reject(new Error(`The bare server ended with exit code ${code}`)));
  });
  return { url, stop: () => void child.kill('SIGTERM') };
}
