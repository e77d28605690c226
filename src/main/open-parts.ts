import { join } from 'node:path';
import { acquireDataFolder } from '../adapters/embedded-log/data-folder.ts';
import { makePrivate } from '../adapters/embedded-log/private-files.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemRandom } from '../adapters/system/random.ts';
import type { ReadinessCheck } from '../api/dependencies.ts';
import { type OperationalFailure, ServerUrlInvalid } from '../application/failures.ts';
import type { EventLog } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import { createCallBudget } from '../projections/explainer-calls.ts';
import { createLeases } from '../projections/leases.ts';
import { createStores } from '../projections/stores.ts';
import { wrongSettings } from './cannot-start.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { openModels } from './open-models.ts';
import { type Defer, opening } from './opening.ts';
import { type Explaining, type Parts, partsOfRole, type ReadTables } from './parts.ts';

interface Given {
  readonly config: Config;
  readonly roles: readonly Role[];
  /** Transitions up to this position may be missing from the log; none by default. */
  readonly acceptLossUpTo?: number | null | undefined;
  readonly logger: Logger;
}

export const logFileOf = (dataFolder: string) => join(dataFolder, 'log.sqlite');

/**
 * The parts that the roles need, each where its setting says, or within this process and the data folder. What was
 * opened is closed again when a later part fails. A server that is unavailable is no failure: it is waited for. Only the
 * adapters that are needed are loaded: drivers are a good part of what a start takes.
 * @throws {OperationalFailure} the folder or the log cannot be used; says what to do. @throws {CannotStart}
 */
export const openParts = (given: Given): Promise<Parts> => opening((defer) => openAll(given, defer));

async function openAll({ config, roles, acceptLossUpTo, logger }: Given, defer: Defer): Promise<Omit<Parts, 'close'>> {
  const needed = new Set(roles.flatMap((role) => partsOfRole[role]));
  const { eventStoreUrl, databaseUrl } = config;
  const isOnlyProcess = eventStoreUrl === null;
  if (isOnlyProcess || databaseUrl === null) {
    makeDataFolder(config.dataFolder);
    defer(acquireDataFolder(config.dataFolder));
    const readableByOthers = makePrivate(config.dataFolder);
    if (readableByOthers !== null) logger.warn({}, readableByOthers);
  }
  const log = await openLog({ config, acceptLossUpTo, logger }, defer);
  const readTables = needed.has('read tables')
    ? await openReadTables({ config, log: log.part, acceptLossUpTo, logger }, defer)
    : null;
  const bus = needed.has('commands') ? await openBus({ config, logger }, defer) : null;
  const opened = [log, readTables, bus].filter((each) => each !== null);
  return {
    log: log.part,
    readTables: readTables?.part ?? null,
    stores: readTables && createStores(readTables.part.db, readTables.part.forLong),
    bus: bus?.part ?? null,
    broker: bus?.broker ?? null,
    leases: isOnlyProcess || databaseUrl === null || readTables === null ? null : createLeases(readTables.part.db),
    explaining: roles.includes('explainer') && readTables ? await openExplaining(config, readTables.part.db) : null,
    readinessChecks: opened.flatMap(({ checks }) => checks),
    isOnlyProcess,
  };
}

interface OpenedPart<Part> {
  readonly part: Part;
  readonly checks: readonly ReadinessCheck[];
}

const surroundings = { clock: systemClock, random: systemRandom };

async function openLog(
  { config, acceptLossUpTo, logger }: Omit<Given, 'roles'>,
  defer: Defer,
): Promise<OpenedPart<EventLog>> {
  if (config.eventStoreUrl !== null) {
    const { openEventStoreDbLog } = await import('../adapters/eventstoredb/open-event-store-db-log.ts');
    const url = config.eventStoreUrl;
    const log = await namedBy('EVENTSTORE_URL', async () => openEventStoreDbLog({ url, ...surroundings, logger }));
    defer(() => log.close());
    return { part: log, checks: [{ part: 'log', check: () => log.health() }] };
  }
  const { openEmbeddedLog } = await import('../adapters/embedded-log/open-embedded-log.ts');
  const { dataFolder } = config;
  const path = logFileOf(dataFolder);
  const log = await openEmbeddedLog({ path, acceptLossUpTo: acceptLossUpTo ?? undefined, logger }).catch(
    async (error: unknown) => {
      const { withWhatRowsShow } = await import('./rows-beside-refused-log.ts');
      throw await withWhatRowsShow(error, { path, dataFolder });
    },
  );
  defer(() => log.close());
  const { serveBackups } = await import('../adapters/embedded-log/backup/serve-backups.ts');
  defer(await serveBackups({ folder: dataFolder, backUp: log.backUp, logger }));
  return { part: log, checks: [{ part: 'log', check: () => unhealthyReasonOf(log.head()) }] };
}

async function openReadTables(
  { config, log, acceptLossUpTo, logger }: Omit<Given, 'roles'> & { readonly log: EventLog },
  defer: Defer,
) {
  const { databaseUrl, dataFolder } = config;
  const isShared = databaseUrl !== null;
  const { openSharedReadTables, openEmbeddedReadTables } = await import('./read-tables.ts');
  const tables = isShared
    ? await namedBy('DATABASE_URL', () => openSharedReadTables(databaseUrl, log, logger))
    : await openEmbeddedReadTables({ dataFolder, log, acceptLossUpTo: acceptLossUpTo ?? null, logger });
  defer(() => tables.close());
  const check = async () => tables.unhealthyReason() ?? (await unhealthyReasonOf(tables.db.selectNoFrom([]).execute()));
  // Ingest needs the log alone: a database that is unavailable must not make a load balancer turn events away.
  const checks: readonly ReadinessCheck[] = [
    { part: 'read tables', check, isDispensable: isShared },
    // That rows and log are not of one history, though, is shown by nothing else, and gets worse with every event.
    { part: 'rows of this log', check: async () => tables.loss() },
  ];
  return { part: tables, checks };
}

async function openBus({ config, logger }: Pick<Given, 'config' | 'logger'>, defer: Defer) {
  if (config.amqpUrl === null) {
    const { EmbeddedBus } = await import('../adapters/embedded-bus/embedded-bus.ts');
    const bus = new EmbeddedBus();
    defer(() => bus.close());
    return { part: bus, broker: null, checks: [] };
  }
  const { createRabbitMqCommandBus } = await import('../adapters/rabbitmq/command-bus.ts');
  const url = config.amqpUrl;
  const bus = await namedBy('AMQP_URL', () => createRabbitMqCommandBus({ url, ...surroundings, logger }));
  defer(() => bus.close());
  const check = async () => bus.unhealthyReason();
  return { part: bus, broker: bus, checks: [{ part: 'commands', check, isDispensable: true }] };
}

async function openExplaining(config: Config, db: ReadTables['db']): Promise<Explaining | null> {
  if (config.explain === 'off') return null;
  return { models: await openModels(config), callBudget: createCallBudget(db) };
}

/** @throws {CannotStart} for a URL that cannot be used, with the setting that it comes from. */
async function namedBy<Part>(setting: string, open: () => Promise<Part>): Promise<Part> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof ServerUrlInvalid)) throw error;
    throw wrongSettings([`${setting}: ${error.message}`], error);
  }
}

const unhealthyReasonOf = (answer: Promise<unknown>): Promise<string | null> =>
  answer.then(
    () => null,
    (error: OperationalFailure) => error.message,
  );
