// What traces cost a process, without what sends them and without log, broker and database: node bench/tracing.ts
// Each event is received, dispatched, claimed, handled, recorded and projected, all in memory, with the real decorators.
import { parseArgs } from 'node:util';
import { ExportResultCode } from '@opentelemetry/core';
import { EmbeddedBus } from '../src/adapters/embedded-bus/embedded-bus.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { systemRandom } from '../src/adapters/system/random.ts';
import { openTracing, type Tracing } from '../src/adapters/tracing/open-tracing.ts';
import { traceContextOf } from '../src/application/envelope.ts';
import { streamOf } from '../src/application/event-identity.ts';
import type { RecordedTransition } from '../src/application/ports/event-log.ts';
import { createUseCases } from '../src/application/use-cases.ts';
import { createMatchHandler } from '../src/worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../src/worker/in-process-runner.ts';
import { createWorker } from '../src/worker/worker.ts';
import { createInMemoryLog } from '../test/support/in-memory-log.ts';
import { usualTracing } from '../test/support/otlp/tracing-in-memory.ts';
import { byClient, posted } from '../test/support/worker/posting.ts';
import { silentLogger } from '../test/support/worker/silent-logger.ts';
import { handlerOf } from '../test/support/worker/workshop.ts';

const { values } = parseArgs({
  options: { events: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '5' } },
});
const EVENTS = Number(values.events);
const AT_ONCE = 50;

let spans = 0;
const tracingAt = (ratio: number) =>
  openTracing({
    settings: { ...usualTracing, sampler: 'parentbased_traceidratio', ratio, scheduleDelayMs: 500 },
    systems: { log: 'sqlite', readTables: 'postgresql', commands: 'eventops' },
    ...{ roles: ['bench'], version: '0', instance: 'bench', logger: silentLogger, clock: systemClock },
    exporter: {
      export: (batch, done) => {
        spans += batch.length;
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    },
  });

/** @returns microseconds of a processor for each event. */
async function measure(tracing: Tracing | null): Promise<number> {
  const inMemory = createInMemoryLog();
  const log = tracing?.log(inMemory) ?? inMemory;
  const shared = { log, clock: systemClock, random: systemRandom, logger: silentLogger };
  const useCases = createUseCases(shared);
  const bus = tracing?.bus(new EmbeddedBus()) ?? new EmbeddedBus();
  const runner = createInProcessRunner(shared);
  const handlers = [handlerOf(async () => {})];
  const worker = createWorker({
    ...shared,
    useCases: tracing?.useCases(useCases) ?? useCases,
    matchHandler: createMatchHandler(handlers),
    runner: tracing?.runner(runner) ?? runner,
    ...{ bus, worker: 'bench', stopTimeoutMs: 60_000 },
  });
  const rows = { commit: async (_: { decoded: readonly { recorded: RecordedTransition }[] }) => {} };
  const projections = ['events', 'due-work'].map((name) => tracing?.projection(name, rows) ?? rows);
  await worker.start();
  const one = async (key: number) => {
    const request = tracing?.requests.begin({ method: 'POST', route: '/v1/events', scheme: 'http', sent: {} });
    const received = Promise.withResolvers<string>();
    const act = () =>
      void useCases
        .receiveEvent(posted(`${key}`), { ...byClient, ...request?.context })
        .then(({ id }) => received.resolve(id), received.reject);
    if (request === undefined) act();
    else request.within(act);
    const id = await received.promise;
    request?.end(201);
    const [recorded] = await inMemory.readStream(streamOf(id));
    if (recorded === undefined) throw new Error('It is not in the log');
    await bus.publish([{ eventId: id, generation: 0, attempt: 1, event: null, ...traceContextOf(recorded) }]);
  };
  const began = process.cpuUsage();
  for (let from = 0; from < EVENTS; from += AT_ONCE) {
    const before = inMemory.all.length;
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => one(from + index)));
    while (inMemory.all.length < before + 3 * AT_ONCE) await new Promise((resolve) => setImmediate(resolve));
    const decoded = inMemory.all.slice(before).map((recorded) => ({ recorded }));
    for (const projection of projections) await projection.commit({ decoded });
  }
  const { user, system } = process.cpuUsage(began);
  await worker.stop();
  await tracing?.close();
  return (user + system) / EVENTS;
}

const kinds: readonly (readonly [string, () => Tracing | null])[] = [
  ['off', () => null],
  ['on, 1 % of requests', () => tracingAt(0.01)],
  ['on, 100 % of requests', () => tracingAt(1)],
];
await measure(null);
await measure(tracingAt(1));
const results = new Map<string, number[]>(kinds.map(([name]) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, open] of kinds) {
    spans = 0;
    results.get(name)?.push(await measure(open()));
    if (round === 0) process.stdout.write(`${name}: ${(spans / EVENTS).toFixed(2)} spans for each event\n`);
  }
for (const [name, all] of results)
  process.stdout.write(
    `${name.padEnd(22)} ${all.map((each) => each.toFixed(1).padStart(7)).join('')} µs of a processor for each event\n`,
  );
