import type { Tracing } from '../../../src/adapters/tracing/open-tracing.ts';
import { decodeEventTransition } from '../../../src/application/event-history.ts';
import { eventIdOf, streamOf } from '../../../src/application/event-identity.ts';
import type { TypePauses } from '../../../src/application/event-types/type-pauses.ts';
import type { CommandBus, CommandDelivery, ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import type { HandlerRunner } from '../../../src/worker/handler-runner.ts';
import { defaultRetry } from '../../../src/worker/handlers/config-schema.ts';
import type { HandlerDefinition } from '../../../src/worker/handlers/define-config.ts';
import { type ConfiguredHandler, createMatchHandler } from '../../../src/worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../../../src/worker/in-process-runner.ts';
import { createWorker, type WorkerLimits } from '../../../src/worker/worker.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { byClient, type Posted, posted } from './posting.ts';
import { createSeededRandom } from './seeded-random.ts';
import { silentLogger } from './silent-logger.ts';
import { createVirtualClock } from './virtual-clock.ts';

export const handlerOf = (
  handle: HandlerDefinition['handle'],
  given: Partial<ConfiguredHandler> = {},
): ConfiguredHandler => ({
  pattern: '*',
  version: '1',
  schema: null,
  retry: defaultRetry,
  timeoutMs: 30_000,
  replay: 'safe',
  handle,
  ...given,
});

/** Hands commands to a worker one by one and says the outcome of each. */
function createHandDelivery() {
  let onCommand: ((delivery: CommandDelivery) => void) | null = null;
  const bus: CommandBus = {
    forgetsOnRestart: true,
    publish: async () => {},
    backlog: async () => ({ waiting: 0, consumers: 1 }),
    close: async () => {},
    consume: async (options) => {
      ({ onCommand } = options);
      return { stop: async () => {} };
    },
  };
  const deliver = (command: ProcessEvent) =>
    new Promise<'acknowledged' | 'released'>((resolve) => {
      onCommand?.({ command, acknowledge: () => resolve('acknowledged'), release: () => resolve('released') });
    });
  return { bus, deliver };
}

export interface WorkshopOptions {
  readonly log?: EventLog;
  readonly logger?: Logger;
  readonly stopTimeoutMs?: number;
  /** None by default. */
  readonly pauses?: TypePauses;
  /** Where handlers run; in this process by default. */
  readonly runner?: HandlerRunner;
  readonly limits?: Partial<WorkerLimits>;
  /** Of what the worker does; the test's own acts are not traced. */
  readonly tracing?: Tracing;
}

/** A worker at work on a log in memory, at a time that stands still. */
export async function createWorkshop(
  handlers: readonly ConfiguredHandler[],
  {
    log = createInMemoryLog(),
    logger = silentLogger,
    stopTimeoutMs = 5_000,
    pauses,
    limits,
    tracing,
    ...others
  }: WorkshopOptions = {},
) {
  const clock = createVirtualClock();
  const random = createSeededRandom(1);
  const { bus, deliver } = createHandDelivery();
  const useCases = createUseCases({ log, clock, random });
  const shared = { log, clock, random, logger, useCases };
  const runner = others.runner ?? createInProcessRunner(shared);
  const tracedLog = tracing?.log(log) ?? log;
  const worker = createWorker({
    ...shared,
    log: tracedLog,
    useCases: tracing?.useCases(createUseCases({ log: tracedLog, clock, random })) ?? useCases,
    bus: tracing?.bus(bus) ?? bus,
    matchHandler: createMatchHandler(handlers),
    runner: tracing?.runner(runner) ?? runner,
    worker: 'worker-1',
    pauses,
    stopTimeoutMs,
    limits,
  });
  await worker.start();
  return {
    clock,
    log,
    useCases,
    worker,
    async receive(key: string, given?: Posted): Promise<string> {
      await useCases.receiveEvent(posted(key, given), byClient);
      return eventIdOf('client', key);
    },
    /** Hands out the command for the first attempt by default, and lets time pass until it is settled. */
    process: (eventId: string, command: Partial<ProcessEvent> = {}) =>
      clock.finish(deliver({ eventId, generation: 0, attempt: 1, event: null, ...command })),
    /** The same, without waiting. */
    deliver: (eventId: string, command: Partial<ProcessEvent> = {}) =>
      deliver({ eventId, generation: 0, attempt: 1, event: null, ...command }),
    history: async (eventId: string): Promise<readonly Transition[]> =>
      (await log.readStream(streamOf(eventId))).map(decodeEventTransition),
  };
}
