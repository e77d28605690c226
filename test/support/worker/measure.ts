/**
 * What an event costs from the dispatcher to its recorded outcome, with a log that costs nothing:
 * `node test/support/worker/measure.ts [events]`.
 */
import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createDispatcher } from '../../../src/worker/dispatcher.ts';
import { defaultRetry } from '../../../src/worker/handlers/config-schema.ts';
import { createMatchHandler } from '../../../src/worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../../../src/worker/in-process-runner.ts';
import { createWorker } from '../../../src/worker/worker.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { byClient, posted } from './posting.ts';
import { silentLogger } from './silent-logger.ts';

const events = Number(process.argv[2] ?? 20_000);
const payload = JSON.stringify({ orderId: 'o-1', note: 'x'.repeat(470) });
const log = createInMemoryLog();
const bus = new EmbeddedBus();
const useCases = createUseCases({ log, clock: systemClock, random: systemRandom });
const shared = { log, clock: systemClock, logger: silentLogger };
let handled = 0;
const all = Promise.withResolvers<void>();
const matchHandler = createMatchHandler([
  {
    pattern: '*',
    version: '1',
    schema: null,
    retry: defaultRetry,
    timeoutMs: 30_000,
    replay: 'safe',
    handle: async () => ({ done: true }),
  },
]);
const counted = {
  ...useCases,
  completeProcessing: async (...args: Parameters<typeof useCases.completeProcessing>) => {
    const result = await useCases.completeProcessing(...args);
    if (++handled === events) all.resolve();
    return result;
  },
};
const worker = createWorker({
  ...shared,
  bus,
  useCases: counted,
  matchHandler,
  runner: createInProcessRunner(shared),
  random: systemRandom,
  worker: 'worker-measured',
  stopTimeoutMs: 1_000,
});
const dispatcher = createDispatcher({
  ...shared,
  bus,
  firstPlace: async () => null,
  checkpoints: { load: async () => null, save: async () => {} },
});

for (let index = 0; index < events; index++) await useCases.receiveEvent(posted(`k-${index}`, { payload }), byClient);
const startedAt = performance.now();
const startedCpu = process.cpuUsage();
await worker.start();
await dispatcher.start();
await all.promise;
const tookMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(startedCpu);
await dispatcher.stop();
await worker.stop();
process.stdout.write(
  `${events} events: ${((tookMs / events) * 1_000).toFixed(1)} µs and ${((user + system) / events).toFixed(1)} µs of CPU each, ${Math.round((events / tookMs) * 1_000)}/s\n`,
);
