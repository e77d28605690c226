import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { findSource, type ServiceName, type SharedInstance, type Source } from './shared-instances.ts';

export interface SharedServices {
  /** Where tests ask for a database or a virtual host. */
  readonly address: string;
  /** Why a service cannot be had here; `null` when it can. */
  readonly missing: Readonly<Record<ServiceName, string | null>>;
}

declare module 'vitest' {
  export interface ProvidedContext {
    services: SharedServices;
  }
}

/**
 * Servers are shared by all test files of a run and start when the first one asks: a run that needs none pays nothing.
 * Only this process outlives the test files, so it starts and ends the servers, and test files ask it over HTTP.
 */
class Lending {
  readonly #started = new Map<string, Promise<SharedInstance>>();
  #opened: Promise<{ readonly server: Server; readonly services: SharedServices }> | null = null;
  #users = 0;

  async open(): Promise<SharedServices> {
    this.#users++;
    this.#opened ??= this.#listen();
    return (await this.#opened).services;
  }

  async close(): Promise<void> {
    if (--this.#users > 0 || this.#opened === null) return;
    (await this.#opened).server.close();
    this.#opened = null;
    const started = await Promise.allSettled(this.#started.values());
    this.#started.clear();
    for (const outcome of started) if (outcome.status === 'fulfilled') await outcome.value.stop();
  }

  async #listen() {
    const sources = { PostgreSQL: await findSource('PostgreSQL'), RabbitMQ: await findSource('RabbitMQ') };
    const lend = async (service: ServiceName, name: string) =>
      (await this.#instance(service, sources[service])).isolate(name);
    const server = createServer((request, response) => {
      const [, service, name = ''] = (request.url ?? '').split('/');
      lend(service as ServiceName, name).then(
        (url) => response.end(url),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const missing = { PostgreSQL: missingOf(sources.PostgreSQL), RabbitMQ: missingOf(sources.RabbitMQ) };
    for (const [service, why] of Object.entries(missing))
      if (why !== null) process.stdout.write(`skipped: tests on a real ${service}, because ${why}\n`);
    return { server, services: { address, missing } };
  }

  #instance(service: ServiceName, source: Source): Promise<SharedInstance> {
    if ('missing' in source) throw new Error(source.missing);
    const instance = this.#started.get(service) ?? source.start();
    this.#started.set(service, instance);
    return instance;
  }
}

const missingOf = (source: Source) => ('missing' in source ? source.missing : null);

/** Each project of the run loads this file again, in the same process. */
const shared = globalThis as { eventopsLending?: Lending };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.eventopsLending ??= new Lending();
  const lending = shared.eventopsLending;
  project.provide('services', await lending.open());
  return () => lending.close();
}
