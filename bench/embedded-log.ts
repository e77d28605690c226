// How fast the embedded log is, and what it takes from the event loop.
// Usage: node bench/embedded-log.ts [--events 1000000] [--in-flight 1500] [--folder FOLDER]
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openLogDatabase } from '../src/adapters/embedded-log/database/log-database.ts';
import { openEmbeddedLog } from '../src/adapters/embedded-log/open-embedded-log.ts';
import { encodeRequests } from '../src/adapters/embedded-log/wire.ts';
import {
  type AppendOutcome,
  type AppendRequest,
  type ProposedTransition,
  revision,
} from '../src/application/ports/event-log.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    'in-flight': { type: 'string', default: '1500' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const EVENTS = Number(values.events);
const IN_FLIGHT = Number(values['in-flight']);
mkdirSync(values.folder, { recursive: true });
const folder = mkdtempSync(join(values.folder, 'eventops-bench-'));

type Append = (request: AppendRequest) => Promise<AppendOutcome>;

const TYPES = ['EventReceived', 'ProcessingStarted', 'ProcessingSucceeded'];
const payload = JSON.stringify({ payload: 'x'.repeat(500) });
const outcome = JSON.stringify({ generation: 0, attempt: 1, worker: 'worker-1', result: null });
const metadata = JSON.stringify({
  $correlationId: `event-${randomUUID()}`,
  $causationId: randomUUID(),
  actor: { kind: 'process', process: 'worker-1' },
  prevHash: '0'.repeat(64),
  hash: 'f'.repeat(64),
});

const transition = (step: number): ProposedTransition => ({
  id: randomUUID(),
  type: TYPES[step] ?? '',
  schemaVersion: 1,
  recordedAt: '2026-01-01T00:00:00.000Z',
  data: step === 0 ? payload : outcome,
  metadata,
});

/** An event's whole life: three appends, each after the one before. */
async function live(append: Append): Promise<void> {
  const stream = `event-${randomUUID()}`;
  for (let step = 0; step < TYPES.length; step++) {
    const appended = await append({
      stream,
      expectedRevision: step === 0 ? 'no-stream' : revision(step - 1),
      transitions: [transition(step)],
    });
    if (appended.kind !== 'appended') throw new Error(JSON.stringify(appended));
  }
}

async function run(append: Append, events: number, inFlight: number): Promise<void> {
  let started = 0;
  const lane = async () => {
    while (started++ < events) await live(append);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function measured(title: string, events: number, work: () => Promise<void>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [cpu, loop, start] = [process.cpuUsage(), performance.eventLoopUtilization(), performance.now()];
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const { utilization } = performance.eventLoopUtilization(loop);
  delay.disable();
  const transitions = events * TYPES.length;
  const fields = [
    `${Math.round(transitions / seconds).toLocaleString('en')} transitions/s`,
    `${((user + system) / events).toFixed(1)} µs CPU per event`,
    `event loop ${(utilization * 100).toFixed(0)} % busy`,
    `late by p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms`,
    `${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB resident`,
  ];
  console.log(`${title.padEnd(38)} ${fields.join(', ')}`);
}

async function measureAll(append: Append, path: string): Promise<void> {
  await measured('one after the other', 1_000, () => run(append, 1_000, 1));
  let done = 1_000;
  for (const target of [10_000, 100_000, 400_000, 1_000_000, 3_000_000].filter((each) => each <= EVENTS)) {
    const [events, from] = [target - done, done.toLocaleString('en')];
    await measured(`${IN_FLIGHT} in flight, from ${from} events`, events, () => run(append, events, IN_FLIGHT));
    done = target;
  }
  console.log(`${(statSync(path).size / 2 ** 20).toFixed(0)} MiB in the file`);
}

/** What a log without a thread of its own would be: the same batches, written on the event loop. */
function onTheEventLoop(path: string): { append: Append; close(): void } {
  const database = openLogDatabase(path);
  let waiting: { request: AppendRequest; settle: (outcome: AppendOutcome) => void }[] = [];
  const flush = () => {
    const batch = waiting;
    waiting = [];
    const answer = database.append(encodeRequests(batch.map(({ request }) => request)));
    if (answer.kind !== 'committed') throw new Error(answer.message);
    for (const { settle } of batch) settle({ kind: 'appended', firstRevision: revision(0), lastRevision: revision(0) });
  };
  return {
    append: (request) =>
      new Promise((settle) => {
        if (waiting.push({ request, settle }) === 1) setImmediate(flush);
      }),
    close: () => database.close(),
  };
}

try {
  console.log(`In ${values.folder}, ${EVENTS.toLocaleString('en')} events of 3 transitions\n\nIn a thread of its own`);
  const log = await openEmbeddedLog({ path: join(folder, 'log.db') });
  await measureAll(log.append, join(folder, 'log.db'));
  await log.close();

  console.log('\nOn the event loop');
  const direct = onTheEventLoop(join(folder, 'direct.db'));
  await measured('one after the other', 1_000, () => run(direct.append, 1_000, 1));
  await measured(`${IN_FLIGHT} in flight`, 50_000, () => run(direct.append, 50_000, IN_FLIGHT));
  direct.close();
} finally {
  rmSync(folder, { recursive: true });
}
