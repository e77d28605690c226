// What an append to EventStoreDB costs this process: by the adapter, and by the client's own calls. Three appends for each
// event, one after the other, many events at once. `node bench/eventstoredb.ts [esdb://…]`; without a URL it starts a
// protocol server in a process of its own, and shares the machine with it.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { encodeAppend } from '../src/adapters/eventstoredb/encode-append.ts';
import { openEventStoreDbLog } from '../src/adapters/eventstoredb/open-event-store-db-log.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { systemRandom } from '../src/adapters/system/random.ts';
import { createLogger } from '../src/adapters/telemetry/logger.ts';
import { type AppendRequest, type ProposedTransition, revision } from '../src/application/ports/event-log.ts';
import { startServerProcess } from '../test/support/eventstoredb/start-server-process.ts';

const EVENTS = 6_000;
const ROUNDS = 3;

const metadata = () =>
  JSON.stringify({
    $correlationId: `event-${randomUUID()}`,
    $causationId: randomUUID(),
    actor: { kind: 'process', process: 'worker-1' },
    prevHash: '0'.repeat(64),
    hash: '1'.repeat(64),
  });

const transition = (type: string, data: string): ProposedTransition => ({
  id: randomUUID(),
  type,
  schemaVersion: 1,
  recordedAt: '2026-01-01T00:00:00.000Z',
  data,
  metadata: metadata(),
});

const received = JSON.stringify({ payload: 'x'.repeat(500) });
const small = JSON.stringify({ attempt: 1, leaseUntil: '2026-01-01T00:00:00.000Z', worker: 'worker-1' });

/** The appends of one event's life. */
function lifeOf(stream: string): AppendRequest[] {
  return [
    { stream, expectedRevision: 'no-stream', transitions: [transition('EventReceived', received)] },
    { stream, expectedRevision: revision(0), transitions: [transition('ProcessingStarted', small)] },
    { stream, expectedRevision: revision(1), transitions: [transition('ProcessingSucceeded', small)] },
  ];
}

type Append = (request: AppendRequest) => Promise<unknown>;

async function run(name: string, append: Append, inFlight: number): Promise<void> {
  const round = async (events: number) => {
    let left = events;
    const lane = async () => {
      while (left-- > 0) for (const request of lifeOf(`event-${randomUUID()}`)) await append(request);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  };
  await round(1_000);
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  await round(EVENTS);
  const { user, system } = process.cpuUsage(before);
  const perSecond = Math.round((EVENTS / (performance.now() - startedAt)) * 1_000);
  const microseconds = ((user + system) / EVENTS / 3).toFixed(1);
  console.log(`${name}, ${inFlight} events at once: ${perSecond} events/s, ${microseconds} µs of our CPU per append`);
}

function byClient(client: EventStoreDBClient): Append {
  return ({ stream, expectedRevision, transitions }) => {
    const events = transitions.map(({ id, type, data, metadata: text }) =>
      jsonEvent({ id, type, data: JSON.parse(data), metadata: JSON.parse(text) }),
    );
    const expected = expectedRevision === 'no-stream' ? 'no_stream' : expectedRevision;
    return client.appendToStream(stream, events, { expectedRevision: expected });
  };
}

function measureEncoding(): void {
  const [request] = lifeOf('event-1');
  if (request === undefined) return;
  const message = streams.BatchAppendReq.deserializeBinary(encodeAppend(request, randomUUID()));
  const each = (encode: () => unknown) => {
    for (let warm = 0; warm < 20_000; warm++) encode();
    const startedAt = performance.now();
    for (let count = 0; count < 100_000; count++) encode();
    return ((performance.now() - startedAt) / 100).toFixed(1);
  };
  const own = each(() => encodeAppend(request, '01234567-89ab-4cde-8f01-23456789abcd'));
  const stubs = each(() => Buffer.from(message.serializeBinary()));
  console.log(`writing the message: ${own} µs by hand, ${stubs} µs by the stubs, once they have been filled`);
}

const given = process.argv[2];
const folder = await mkdtemp(join(tmpdir(), 'eventops-bench-'));
const server = given === undefined ? await startServerProcess({ folder }) : null;
const url = given ?? server?.url ?? '';
console.log(
  `${given === undefined ? 'protocol server' : 'EventStoreDB'}, ${cpus().length} cores, Node ${process.version}`,
);
measureEncoding();
const log = openEventStoreDbLog({
  url,
  clock: systemClock,
  random: systemRandom,
  logger: createLogger({ level: 'warn', destination: process.stderr }),
});
const client = EventStoreDBClient.connectionString(url);
for (let round = 0; round < ROUNDS; round++) {
  await run("the client's own calls", byClient(client), 512);
  await run('the adapter', (request) => log.append(request), 512);
}
for (const inFlight of [1, 32, 128]) await run('the adapter', (request) => log.append(request), inFlight);
await log.close();
await client.dispose();
await server?.stop();
await rm(folder, { recursive: true });
process.exit();
