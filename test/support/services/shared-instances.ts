import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPostgres, findPostgres } from './postgres.ts';
import { createRabbitMq, findRabbitMq } from './rabbitmq.ts';

export type ServiceName = 'PostgreSQL' | 'RabbitMQ';

/** One server for the whole test run. */
export interface SharedInstance {
  /** A database or virtual host of that name, new and empty, for one test file or test; its URL. */
  isolate(name: string): Promise<string>;
  /** Without ceremony: nobody wants its data. */
  stop(): Promise<void>;
}

export type Source = { readonly start: () => Promise<SharedInstance> } | { readonly missing: string };

/** Where a service comes from here: local binaries first, then Docker; or why it cannot be had. */
export async function findSource(service: ServiceName): Promise<Source> {
  const local = service === 'PostgreSQL' ? findPostgres() : findRabbitMq();
  if (local.found) return { start: () => startLocally(service, local.binaries) };
  if (!(await dockerRuns())) return { missing: `${local.why}, and Docker does not run here` };
  return { start: async () => (await import('./containers.ts')).startContainer(service) };
}

async function startLocally(service: ServiceName, binaries: string): Promise<SharedInstance> {
  const folder = await mkdtemp(join(tmpdir(), `eventops-${service.toLowerCase()}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  if (service === 'PostgreSQL') {
    const postgres = createPostgres({ folder, binaries, fsync: false });
    await postgres.start();
    return { isolate: (name) => postgres.createDatabase(name), stop: () => postgres.kill().then(remove) };
  }
  const rabbitMq = createRabbitMq({ folder, binaries, management: true });
  await rabbitMq.start();
  return { isolate: (name) => rabbitMq.createVirtualHost(name), stop: () => rabbitMq.kill().then(remove) };
}

const dockerRuns = () =>
  promisify(execFile)('docker', ['info'], { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
