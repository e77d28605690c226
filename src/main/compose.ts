import { systemChance } from '../adapters/system/chance.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { createMetrics } from '../adapters/telemetry/metrics.ts';
import { buildServer } from '../api/build-server.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Subscriber } from '../application/run-subscription.ts';
import { createUseCases } from '../application/use-cases.ts';
import type { Config } from '../config/config.ts';
import { readOnly } from '../projections/database.ts';
import { createDueWork } from '../projections/events/due-work.ts';
import { readModels } from '../projections/index.ts';
import { createProjector } from '../projections/projector.ts';
import { createDispatcher } from '../worker/dispatcher.ts';
import { type ConfiguredHandler, createMatchHandler } from '../worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../worker/in-process-runner.ts';
import { createDueWorkSweep } from '../worker/sweep/due-work-sweep.ts';
import { createWorker } from '../worker/worker.ts';
import { CannotStart } from './cannot-start.ts';
import { followLog } from './follow-log.ts';
import { type Defer, opening } from './opening.ts';
import type { Parts } from './parts.ts';

const clock = systemClock;
const chance = systemChance;

interface Started {
  /** Where the API listens. */
  readonly url: string;
}

export interface Running extends Started {
  /** Takes no more work, finishes or releases what is in hand, and closes everything. */
  close(): Promise<void>;
}

/**
 * Puts the parts together and starts all roles; resolves once each is at work. On failure everything is closed.
 * Closing goes backwards: no more requests, then the sweep and the dispatcher, which hand work to the worker, then the
 * worker, then the projectors, so that what the worker appends still reaches the rows.
 * @throws {CannotStart}
 */
export const compose = (given: Given): Promise<Running> => opening((defer) => startAll(given, defer));

interface Given {
  readonly config: Config;
  readonly parts: Parts;
  readonly handlers: readonly ConfiguredHandler[];
  readonly logger: Logger;
}

async function startAll({ config, parts, handlers, logger }: Given, defer: Defer): Promise<Started> {
  defer(() => parts.close());
  const { log, readDatabase, bus, checkpoints, authenticator } = parts;
  const metrics = createMetrics();
  const useCases = createUseCases({ log, clock, chance });
  const matchHandler = createMatchHandler(handlers);
  const worker = `worker-${chance.uuid()}`;
  const place = { clock, logger };

  const observed = (subscriber: Subscriber) => metrics.counted(subscriber);
  const projections = readModels.map((readModel) => {
    const projector = createProjector(readModel, { db: readDatabase.db, ...place });
    return followLog(log, observed(projector), { ...place, streamPrefix: projector.streamPrefix });
  });
  const rows = readOnly(readDatabase.db);
  const processing = { log, useCases, matchHandler, clock, chance, logger, worker };

  const services = [
    ...projections,
    createWorker({
      ...processing,
      bus,
      runner: createInProcessRunner(place),
      stopTimeoutMs: config.shutdownTimeoutMs,
    }),
    createDispatcher({ log, bus, checkpoints, firstPlace: (await log.head())?.checkpoint ?? null, ...place, observed }),
    createDueWorkSweep({
      ...processing,
      bus,
      dueWork: createDueWork(rows),
      earlierWorkersAreGone: parts.isOnlyProcess,
      projectionCaughtUp: Promise.all(projections.map(({ caughtUp }) => caughtUp)).then(() => {}),
    }),
  ];
  const api = buildServer({
    useCases,
    log,
    readDatabase: () => rows,
    authenticator,
    readinessChecks: [
      ...parts.readinessChecks,
      ...services.map(({ name, trouble }) => ({ part: name, check: async () => trouble() })),
    ],
    clock,
    chance,
    logger,
  });

  for (const service of services) {
    defer(() => service.stop());
    await service.start();
  }
  const monitoring = await listening('METRICS_PORT', () => metrics.listen(config.host, config.metricsPort));
  defer(() => monitoring.close());
  defer(() => api.close());
  const url = await listening('PORT', () => api.listen({ host: config.host, port: config.port }));
  return { url };
}

async function listening<Listening>(setting: string, listen: () => Promise<Listening>): Promise<Listening> {
  try {
    return await listen();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'another program listens there' : message;
    throw new CannotStart(`${setting}: cannot listen: ${reason}. End the other program, or give another ${setting}`, {
      cause: error,
    });
  }
}
