import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuOfServers } from './cpu-of-servers.ts';
import { type LoadOptions, load, percentile } from './load.ts';
import type { BenchServer } from './server.ts';

const ms = (value: number) => `${value.toFixed(1)} ms`;
export const perSecond = (value: number) => `${Math.round(value).toLocaleString('en')}/s`;
export const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

const total = async (server: BenchServer, name: string, labels?: string) =>
  (await Promise.all(Object.values(server.processes).map((metric) => metric(name, labels)))).reduce(
    (sum, value) => sum + value,
    0,
  );

/** How many events are PROCESSED, or DEAD, and have a row that says so. */
export async function endedRows(server: BenchServer): Promise<number> {
  const rows = (transition: string) =>
    total(server, 'eventops_transitions_handled_total', `subscriber="projection:events",transition="${transition}"`);
  return (await rows('ProcessingSucceeded')) + (await rows('EventDeadLettered'));
}

/** Of each process, of the servers that it stands on, and of the load generator, which is this process. */
async function cpuSeconds(server: BenchServer): Promise<Readonly<Record<string, number>>> {
  const { user, system } = process.cpuUsage();
  return {
    ...Object.fromEntries(await each(server, 'process_cpu_seconds_total')),
    ...cpuOfServers(),
    load: (user + system) / 1e6,
  };
}

const each = async (server: BenchServer, name: string) =>
  Promise.all(
    Object.entries(server.processes).map(async ([process, metric]) => [process, await metric(name)] as const),
  );

/** By process. */
export const memory = async (server: BenchServer) =>
  (await each(server, 'process_resident_memory_bytes'))
    .map(([name, bytes]) => `${name} ${mebibytes(bytes)}`)
    .join(', ');

export interface Life {
  readonly eventsPerSecond: number;
  readonly post: readonly number[];
  readonly life: readonly number[];
  readonly cpuMicrosecondsPerEvent: readonly (readonly [process: string, microseconds: number])[];
}

/** Posts events and waits until each has ended and its row says so. */
export async function wholeLife(
  server: BenchServer,
  options: Omit<LoadOptions, 'url' | 'token' | 'source'>,
): Promise<Life> {
  const source = `bench/${randomUUID()}`;
  const [before, cpuBefore] = [await endedRows(server), await cpuSeconds(server)];
  const startedAt = performance.now();
  const { latenciesMs } = await load({ ...options, url: server.url, token: server.token, source });
  const posted = Math.ceil(options.events / options.batchSize) * options.batchSize;
  while ((await endedRows(server)) < before + posted) await pause(20);
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = await cpuSeconds(server);
  return {
    eventsPerSecond: posted / seconds,
    post: latenciesMs,
    life: await receivedToProcessed(server, source),
    cpuMicrosecondsPerEvent: Object.entries(cpu).map(([name, after]) => [
      name,
      ((after - (cpuBefore[name] ?? 0)) / posted) * 1e6,
    ]),
  };
}

/** From the log's own times: of the newest events of a source, up to 5,000. */
async function receivedToProcessed(server: BenchServer, source: string): Promise<readonly number[]> {
  const found: number[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ source, limit: '200', ...(cursor === null ? {} : { cursor }) });
    const answer = await fetch(`${server.url}/v1/events?${query.toString()}`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const page = (await answer.json()) as {
      items: { createdAt: string; processedAt: string | null }[];
      nextCursor: string | null;
    };
    for (const { createdAt, processedAt } of page.items)
      if (processedAt !== null) found.push(Date.parse(processedAt) - Date.parse(createdAt));
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < 5_000);
  return found;
}

export function describe(name: string, { eventsPerSecond, post, life, cpuMicrosecondsPerEvent }: Life): string {
  return [
    name.padEnd(34),
    perSecond(eventsPerSecond).padStart(10),
    latencies('POST', post).padEnd(32),
    latencies('received→processed', life).padEnd(46),
    `CPU µs/event: ${cpuMicrosecondsPerEvent.map(([process, cpu]) => `${process} ${Math.round(cpu)}`).join(', ')}`,
  ].join('  ');
}

export const latencies = (name: string, values: readonly number[]) =>
  `${name} p50 ${ms(percentile(values, 0.5))}, p99 ${ms(percentile(values, 0.99))}`;
