// node bench/projection.ts [--read-model NAME] [--events 100000] [--present 0] [--batch 1000] [--apart] [--from-file] [--folder PATH]
// How fast a projection writes through handle() in the embedded read database, three transitions an event.
// --present: rows that are there before; --apart: an event's transitions come in three batches, not in one; --from-file: as they are read
// from the log's file, not as the process that appended them has them.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEmbeddedReadDatabase } from '../src/adapters/postgres/open-embedded-read-database.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { FIRST_PREV_HASH, seal } from '../src/application/envelope.ts';
import { streamOf } from '../src/application/event-identity.ts';
import { timestamp } from '../src/application/ports/clock.ts';
import {
  type Checkpoint,
  type LogPosition,
  type RecordedTransition,
  revision,
} from '../src/application/ports/event-log.ts';
import type { Logger } from '../src/application/ports/logger.ts';
import { recordedFrom } from '../src/application/sealed-transition.ts';
import { eventAggregate } from '../src/domain/event/aggregate.ts';
import type { Transition } from '../src/domain/event/transitions.ts';
import { type Database, readOnly } from '../src/projections/database.ts';
import { listEvents } from '../src/projections/events/queries.ts';
import { readModels } from '../src/projections/index.ts';
import { createProjectionStore } from '../src/projections/projection-store.ts';
import { createProjector } from '../src/projections/projector.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    present: { type: 'string', default: '0' },
    batch: { type: 'string', default: '1000' },
    apart: { type: 'boolean', default: false },
    folder: { type: 'string' },
    'from-file': { type: 'boolean', default: false },
    'read-model': { type: 'string', default: 'events' },
  },
});
const batchSize = Number(values.batch);
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'eventops-projection-'));
const logger: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error, child: () => logger };

let position = 0;
const startedAt = Date.now();

const transitionsOfOne = (): readonly Transition[] => [
  {
    type: 'EventReceived',
    data: {
      type: `order.${position % 7}`,
      source: 'bench',
      payload: JSON.stringify({
        order: position,
        customer: { name: 'Jane', mail: 'jane@example.org' },
        note: 'n'.repeat(400),
      }),
      contentType: 'application/json',
      idempotencyKey: randomUUID(),
      requestFingerprint: 'f'.repeat(64),
      clientId: 'bench',
      orderingKey: null,
      cloudEvent: null,
    },
  },
  {
    type: 'ProcessingStarted',
    data: { generation: 0, attempt: 1, worker: 'bench', leaseExpiresAt: timestamp(startedAt + 60_000) },
  },
  {
    type: 'ProcessingSucceeded',
    data: { generation: 0, attempt: 1, durationMs: 3, handler: 'order.*', handlerVersion: '1', result: null },
  },
];

function historyOfOne(): RecordedTransition[] {
  const stream = streamOf(randomUUID());
  return transitionsOfOne().map((transition, index) => {
    const id = randomUUID();
    const sealed = seal(eventAggregate, transition, {
      stream,
      revision: index,
      id,
      type: transition.type,
      schemaVersion: 1,
      recordedAt: timestamp(startedAt + position),
      actor: { kind: 'process', process: 'bench' },
      correlationId: stream,
      causationId: id,
      prevHash: FIRST_PREV_HASH,
    });
    position += 1;
    const recorded = recordedFrom(sealed, stream, revision(index), BigInt(position) as LogPosition);
    return values['from-file'] ? { ...recorded } : recorded;
  });
}

/** Enough events for three batches, so that each event's transitions can be spread over them. */
function threeBatches(): RecordedTransition[][] {
  const histories = Array.from({ length: batchSize }, historyOfOne);
  const inOrder = values.apart
    ? [0, 1, 2].flatMap((step) => histories.flatMap((history) => history[step] ?? []))
    : histories.flat();
  return [0, 1, 2].map((batch) => inOrder.slice(batch * batchSize, (batch + 1) * batchSize));
}

const readDatabase = await openEmbeddedReadDatabase<Database>({ folder, logger });
const readModel = readModels.find(({ name }) => name === values['read-model']);
if (readModel === undefined) throw new Error(`There are ${readModels.map(({ name }) => name).join(', ')}`);
const projector = createProjector(readModel, {
  // No event is replayed here, so nothing is looked up in the log.
  log: { readPages: async function* () {} },
  store: createProjectionStore(readDatabase.db, readModel),
  clock: systemClock,
  logger,
  batching: { fullBatch: 0, intervalMs: 0 },
});
await projector.load();
const megabytes = (bytes: number) => Math.round(bytes / 1_048_576);

async function project(count: number): Promise<void> {
  const batchMs: number[] = [];
  let [busyMs, cpuMs, loopMs, peakBytes] = [0, 0, 0, 0];
  for (let done = 0; done < count; done += batchSize)
    for (const batch of threeBatches()) {
      const [began, cpu, loop] = [performance.now(), process.cpuUsage(), performance.eventLoopUtilization()];
      await projector.handle(batch, `bench/${position}` as Checkpoint);
      loopMs += performance.eventLoopUtilization(loop).active;
      const { user, system } = process.cpuUsage(cpu);
      cpuMs += (user + system) / 1_000;
      batchMs.push(performance.now() - began);
      busyMs += performance.now() - began;
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    }
  batchMs.sort((a, b) => a - b);
  const share = (of: number) => batchMs[Math.min(batchMs.length - 1, Math.floor(batchMs.length * of))]?.toFixed(1);
  console.log(
    `${count} events ${values.apart ? 'apart' : 'together'}, batches of ${batchSize}: ${Math.round((count / busyMs) * 1_000)} events/s, ${Math.round(((3 * count) / busyMs) * 1_000)} transitions/s; ` +
      `batch p50 ${share(0.5)} p99 ${share(0.99)} max ${share(1)} ms; ` +
      `processor ${((cpuMs / count) * 1_000).toFixed(1)} µs/event, ${((loopMs / count) * 1_000).toFixed(1)} of them in the main thread; ` +
      `RSS ${megabytes(process.memoryUsage.rss())} (peak ${megabytes(peakBytes)}) MB; ` +
      `folder ${execFileSync('du', ['-sm', folder]).toString().split('\t')[0]} MB`,
  );
}

if (Number(values.present) > 0) await project(Number(values.present));
await project(Number(values.events));
const began = performance.now();
await listEvents(readOnly(readDatabase.db), {}, { limit: 50 });
console.log(`first page of 50: ${(performance.now() - began).toFixed(1)} ms`);
await readDatabase.close();
if (values.folder === undefined) rmSync(folder, { recursive: true });
