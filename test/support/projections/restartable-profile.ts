import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import type { FillingInThread } from '../../../src/main/filling/fill-in-thread.ts';
import { openEmbeddedReadTables, openSharedReadTables, readTablesOf } from '../../../src/main/read-tables.ts';
import { createServices } from '../../../src/main/work-of-roles.ts';
import { readModels } from '../../../src/projections/index.ts';
import type { ReadModel } from '../../../src/projections/read-model.ts';
import type { CatchUp } from '../../../src/projections/rebuild/fill.ts';
import { createStores, type Stores } from '../../../src/projections/stores.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { fillWithReadTables } from '../read-database/fill-with-read-tables.ts';
import { isolated } from '../services/real-services.ts';
import { byClient, posted } from '../worker/posting.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import { handlerOf } from '../worker/workshop.ts';
import { latestTransitions } from './latest-transitions/read-model.ts';

/** THE LIST, and the example in one more line of it. */
export const withExample = [...readModels, latestTransitions];

export type ProfileName = 'embedded' | 'PostgreSQL';

/** Opens the read tables of the profile as a process does; again and again the same ones. */
export async function tablesOf(profile: ProfileName) {
  if (profile === 'PostgreSQL') {
    const url = await isolated('PostgreSQL');
    return (log: EventLog) => openSharedReadTables(url, log, silentLogger);
  }
  const dataFolder = await mkdtemp(join(tmpdir(), 'eventops-read-models-'));
  onTestFinished(() => rm(dataFolder, { recursive: true }));
  await fillWithReadTables(readTablesOf(dataFolder));
  const given = { dataFolder, acceptLossUpTo: null, logger: silentLogger, readModels: withExample };
  return (log: EventLog) => openEmbeddedReadTables({ ...given, log });
}

/** The handler fails at its first attempt of each event, and not at the second. */
const handlers = [
  handlerOf(
    (_, { attempt }) => {
      if (attempt === 1) throw new Error('It stumbles');
    },
    { pattern: '*', retry: { maxAttempts: 3, initialDelayMs: 1, factor: 1, maxDelayMs: 1 } },
  ),
];

type Tables = Awaited<ReturnType<Awaited<ReturnType<typeof tablesOf>>>>;

interface Others {
  /** Instead of THE LIST with the example. */
  readonly all?: readonly ReadModel[] | undefined;
  /** How copies are filled; in this thread by default. */
  readonly createFill?: (filling: FillingInThread) => CatchUp;
  /** What is between the roles and the tables. */
  readonly between?: (stores: Stores) => Stores;
}

/** All roles on a log and its read tables, which are closed with them. */
export async function startRoles(
  log: EventLog,
  tables: Tables,
  { all = withExample, between = (stores) => stores, createFill }: Others = {},
) {
  const bus = new EmbeddedBus({ maxWaiting: 100 });
  const system = { clock: systemClock, random: systemRandom };
  const services = await createServices({
    roles: ['projector', 'dispatcher', 'worker'],
    parts: { log, stores: between(createStores(tables.db, tables.forLong)), bus, leases: null, isOnlyProcess: true },
    ...{ handlers, useCases: createUseCases({ log, ...system }), logger: silentLogger, ...system },
    metrics: { counted: (subscriber) => subscriber },
    shutdownTimeoutMs: 1_000,
    processName: systemRandom.uuid(),
    readModels: all,
    ...(createFill && { createFill }),
    limits: {
      following: { verifyCheckpointEveryMs: 50 },
      sweep: { sweepEveryMs: 20 },
      rebuilding: {
        batch: 20,
        page: 7,
        comparedRows: 3,
        firstPauseMs: 20,
        longestPauseMs: 100,
        everyMs: 20,
        pauseMs: 20,
      },
    },
  });
  for (const service of services) await service.start();
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    for (const service of services.toReversed()) await service.stop();
    await bus.close();
    await tables.close();
  };
  onTestFinished(stop);
  return { ...tables, services, stop };
}

/** A log, and read tables of one profile, on which all roles are started and stopped. */
export async function restartableProfile(profile: ProfileName) {
  const log = createInMemoryLog();
  const useCases = createUseCases({ log, clock: systemClock, random: systemRandom });
  const openTables = await tablesOf(profile);
  return {
    log,
    useCases,
    post: (key: string) => useCases.receiveEvent(posted(key), byClient),
    start: async (all?: readonly ReadModel[], others: Omit<Others, 'all'> = {}) =>
      startRoles(log, await openTables(log), { ...others, all }),
  };
}
