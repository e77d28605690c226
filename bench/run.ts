// Drives a running server over HTTP through the whole life of an event: RECEIVED, PROCESSING, PROCESSED, and its row.
// `npm run bench`; `npm run bench -- --growth` also compares the cost of an event at 10⁴ and at 10⁶ events in the log.
import { randomUUID } from 'node:crypto';
import { cpus, release, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { RunningEventOps } from '../test/support/processes/running-eventops.ts';
import { type LoadOptions, load, percentile } from './load.ts';
import { startCeiling, startServer } from './server.ts';

const { values } = parseArgs({ options: { growth: { type: 'boolean', default: false } } });
const print = (line = '') => process.stdout.write(`${line}\n`);
const ms = (value: number) => `${value.toFixed(1)} ms`;
const perSecond = (value: number) => `${Math.round(value).toLocaleString('en')}/s`;
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

const SINGLE = { batchSize: 1, connections: 64 };
const BATCHES = { batchSize: 100, connections: 8 };

const rows = (server: RunningEventOps) =>
  server.metric('eventops_transitions_handled_total', 'subscriber="projection:events",type="ProcessingSucceeded"');

/** Until every event of the load is PROCESSED and its row says so. */
async function settle(server: RunningEventOps, target: number): Promise<void> {
  while ((await rows(server)) < target) await pause(20);
}

interface Life {
  readonly eventsPerSecond: number;
  readonly post: readonly number[];
  readonly life: readonly number[];
  readonly cpuMicrosecondsPerEvent: number;
}

async function wholeLife(
  server: RunningEventOps,
  options: Omit<LoadOptions, 'url' | 'token' | 'source'>,
): Promise<Life> {
  const source = `bench/${randomUUID()}`;
  const [before, cpuBefore] = [await rows(server), await server.metric('process_cpu_seconds_total')];
  const startedAt = performance.now();
  const { latenciesMs } = await load({ ...options, url: server.url, token: server.token, source });
  const posted = Math.ceil(options.events / options.batchSize) * options.batchSize;
  await settle(server, before + posted);
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = (await server.metric('process_cpu_seconds_total')) - cpuBefore;
  return {
    eventsPerSecond: posted / seconds,
    post: latenciesMs,
    life: await receivedToProcessed(server, source),
    cpuMicrosecondsPerEvent: (cpu / posted) * 1e6,
  };
}

/** From the log's own times: of the newest events of a source, up to 5,000. */
async function receivedToProcessed(server: RunningEventOps, source: string): Promise<readonly number[]> {
  const found: number[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ source, limit: '200', ...(cursor === null ? {} : { cursor }) });
    const answer = await fetch(`${server.url}/v1/events?${query.toString()}`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const page = (await answer.json()) as {
      items: { createdAt: string; processedAt: string }[];
      nextCursor: string | null;
    };
    for (const { createdAt, processedAt } of page.items) found.push(Date.parse(processedAt) - Date.parse(createdAt));
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < 5_000);
  return found;
}

const describe = (name: string, { eventsPerSecond, post, life, cpuMicrosecondsPerEvent }: Life) =>
  print(
    [
      name.padEnd(34),
      perSecond(eventsPerSecond).padStart(10),
      `POST p50 ${ms(percentile(post, 0.5))}, p99 ${ms(percentile(post, 0.99))}`.padEnd(32),
      `received→processed p50 ${ms(percentile(life, 0.5))}, p99 ${ms(percentile(life, 0.99))}`.padEnd(46),
      `server CPU ${Math.round(cpuMicrosecondsPerEvent)} µs/event`,
    ].join('  '),
  );

print(
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${mebibytes(totalmem())}, Linux ${release()}, Node ${process.version}`,
);
print(
  'Embedded profile, 500-byte events, load generator on the same machine. An event counts once its row says PROCESSED.\n',
);

const ceiling = await startCeiling();
await load({ url: ceiling.url, events: 5_000, ...SINGLE, source: 'warm-up' });
const bare = await load({ url: ceiling.url, events: 30_000, ...SINGLE, source: 'ceiling' });
print(
  `${'bare Fastify, same body'.padEnd(34)}  ${perSecond(30_000 / bare.seconds).padStart(10)}  POST p50 ${ms(percentile(bare.latenciesMs, 0.5))}, p99 ${ms(percentile(bare.latenciesMs, 0.99))}`,
);
ceiling.stop();

const server = await startServer();
const memory = async () => server.metric('process_resident_memory_bytes');
await wholeLife(server, { events: 5_000, ...SINGLE });
const early = await wholeLife(server, { events: 10_000, ...BATCHES });
const single = await wholeLife(server, { events: 40_000, ...SINGLE });
describe('one event per POST', single);
const resident: number[] = [];
let batches: Life | null = null;
for (let part = 0; part < 4; part++) {
  batches = await wholeLife(server, { events: 50_000, ...BATCHES });
  resident.push(await memory());
  describe(`100 events per POST, part ${part + 1} of 4`, batches);
}
const half = Math.round(single.eventsPerSecond / 2);
describe(
  `half load: ${perSecond(half)} offered`,
  await wholeLife(server, { events: half * 10, ...SINGLE, eventsPerSecond: half }),
);
print(`\nresident memory after each 50,000 of 200,000 events: ${resident.map(mebibytes).join(', ')}`);

if (values.growth) {
  print('\ngrowing the log to 1,000,000 events …');
  while ((await rows(server)) < 1_000_000) await wholeLife(server, { events: 100_000, ...BATCHES });
  const late = await wholeLife(server, { events: 10_000, ...BATCHES });
  describe('at 10⁴ events in the log', early);
  describe('at 10⁶ events in the log', late);
  print(
    `cost of an event at 10⁶ against 10⁴: ${(early.eventsPerSecond / late.eventsPerSecond).toFixed(2)}×; resident memory ${mebibytes(await memory())}`,
  );
}
await server.stop();
