import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { systemClock } from '../adapters/system/clock.ts';
import { systemEventLoop } from '../adapters/system/event-loop.ts';
import { systemRandom } from '../adapters/system/random.ts';
import { systemSecretSource } from '../adapters/system/secret-source.ts';
import type { Metrics } from '../adapters/telemetry/metrics/metrics.ts';
import type { Tracing } from '../adapters/tracing/open-tracing.ts';
import { connectionsWithin } from '../api/connections.ts';
import type { ReadinessCheck } from '../api/dependencies.ts';
import { limitReads } from '../api/limited-reads.ts';
import { defaultLimits } from '../api/limits.ts';
import { listenForMonitoring } from '../api/monitoring.ts';
import { WINDOW_MS } from '../api/rate-limits/quota.ts';
import { askParts, codesOf, detailsOf, shareChecks } from '../api/readiness.ts';
import { followApiKeys } from '../application/api-keys/follow-api-keys.ts';
import { createBrokenHistories, reportingBrokenHistories } from '../application/broken-histories.ts';
import { createAccessCounts } from '../application/count-accesses.ts';
import { followTypePauses } from '../application/event-types/follow-type-pauses.ts';
import { ReadDatabaseUnavailable } from '../application/failures.ts';
import type { EmbeddingProvider } from '../application/ports/embedding-provider.ts';
import type { LogPosition } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import { createUseCases } from '../application/use-cases.ts';
import type { Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import { createAccessCountStore } from '../projections/access-counts.ts';
import { createCursorKey } from '../projections/cursor-key.ts';
import { readOnly } from '../projections/database.ts';
import { createRowAudit } from '../projections/events/parity/audit-rows.ts';
import { events } from '../projections/events/read-model.ts';
import { createLogSegmentsReader } from '../projections/log-segments.ts';
import { createRowRepair } from '../projections/row-repair.ts';
import { createSharedCounts } from '../projections/shared-counts.ts';
import type { HandlerRunner } from '../worker/handler-runner.ts';
import { type ConfiguredHandler, createMatchHandler } from '../worker/handlers/match-handler.ts';
import { createCatchUpInThread } from './filling/fill-in-thread.ts';
import { isLoopback, listening, urlOf } from './listening.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { measuredParts, measureOnDemand } from './measure.ts';
import { openAnchor } from './open-anchor.ts';
import { openAuthenticator } from './open-authenticator.ts';
import { openConsole } from './open-console.ts';
import { openEmbeddings } from './open-embeddings.ts';
import { openExplainer } from './open-explainer.ts';
import { openFilesLimit } from './open-files-limit.ts';
import { openLogDivider } from './open-log-divider.ts';
import { openPayloadIndexer } from './open-payload-indexer.ts';
import { openTextIndexer } from './open-text-indexer.ts';
import { openFullTiles, openTreeReader } from './open-tree.ts';
import { type Defer, opening } from './opening.ts';
import { opened, type Parts } from './parts.ts';
import { createServices } from './work-of-roles.ts';

const clock = systemClock;
const random = systemRandom;
const DAY_MS = 24 * 60 * 60 * 1_000;

interface Started {
  /** Where the API is reached; `null` in a process without it. */
  readonly apiUrl: string | null;
  /** Where metrics, health and readiness are. */
  readonly monitoringUrl: string;
  /** Of whichever of the two a load balancer asks. */
  readonly readyPort: number;
}

export interface Running extends Started {
  /** Takes no more work, finishes or releases what is in progress, and closes everything. */
  close(): Promise<void>;
}

interface Given {
  readonly config: Config;
  readonly roles: readonly Role[];
  /** What cannot be projected up to this position is passed over, however much it is. */
  readonly passOverUpTo?: number | null;
  readonly parts: Parts;
  readonly handlers: readonly ConfiguredHandler[];
  /** `null` in a process without a worker. */
  readonly runner: HandlerRunner | null;
  readonly metrics: Metrics;
  /** `null` where nothing is traced. */
  readonly tracing?: Tracing | null;
  readonly logger: Logger;
  /** Texts that standard output and standard error had no room for. */
  readonly droppedOutput: () => number;
}

/**
 * Puts the parts together and starts the roles; resolves once each is at work. On failure everything is closed.
 * Closing goes backwards: no more requests, then the sweep and the dispatcher, which hand work to the worker, then the
 * worker, then the projectors, so that what the worker appends still reaches the rows.
 * @throws {CannotStart}
 */
export const compose = (given: Given): Promise<Running> => opening((defer) => startAll(given, defer));

async function startAll(given: Given, defer: Defer): Promise<Started> {
  const {
    config,
    roles,
    passOverUpTo = null,
    handlers,
    runner,
    metrics,
    tracing = null,
    logger,
    droppedOutput,
  } = given;
  defer(() => tracing?.close());
  defer(() => given.parts.close());
  defer(() => runner?.close());
  const brokenHistories = createBrokenHistories({ logger });
  metrics.showBrokenHistories(brokenHistories.count);
  metrics.showDroppedOutput(droppedOutput);
  const measured = measuredParts(given.parts, metrics);
  const parts = { ...measured, log: reportingBrokenHistories(measured.log, brokenHistories) };
  measureOnDemand(parts, { metrics, roles, explains: config.explain });
  const useCases = metrics.countedUseCases(createUseCases({ log: parts.log, clock, random }));
  const { shutdownTimeoutMs } = config;
  const processName = `${hostname()}/${process.pid}/${random.uuid().slice(0, 8)}`;
  const services = [
    ...(await createServices({
      ...{ roles, parts, handlers, metrics, shutdownTimeoutMs, logger, clock, random, processName },
      useCases: tracing?.useCases(useCases) ?? useCases,
      passOverUpTo,
      createFill: createCatchUpInThread,
      ...(runner === null ? {} : { startRunner: () => runner }),
      ...(roles.includes('projector') ? { auditRows: rowAuditOf({ parts, metrics, logger }) } : {}),
    })),
  ];
  if (roles.includes('projector')) services.push(openLogDivider({ parts, metrics, clock, logger, processName }));
  if (roles.includes('projector'))
    services.push(openPayloadIndexer({ parts, fields: config.payloadFields, clock, logger, random, processName }));
  const embeddings = await openEmbeddings(config);
  if (roles.includes('projector'))
    services.push(openTextIndexer({ parts, embeddings, clock, logger, random, processName }));
  if (roles.includes('anchor'))
    services.push(await openAnchor({ config, parts, metrics, clock, logger, random, processName }));
  if (roles.includes('explainer') && config.explain !== 'off')
    services.push(
      openExplainer({ config, explains: config.explain, parts, metrics, clock, logger, random, processName }),
    );
  for (const service of services) {
    defer(() => service.stop());
    await service.start();
  }
  const isDispensable = !parts.isOnlyProcess;
  const checks = shareChecks(
    [
      ...parts.readinessChecks,
      // Other events go on, so requests may come.
      { part: 'histories', check: async () => brokenHistories.unhealthyReason(), isDispensable: true },
      ...services.map(({ name, unhealthyReason, isDispensable: mayBeMissing = false }) => ({
        part: name,
        check: async () => unhealthyReason(),
        isDispensable: isDispensable || mayBeMissing,
      })),
    ],
    { clock, freshMs: defaultLimits.readinessFreshMs, patienceMs: defaultLimits.readinessMs },
  );
  metrics.showReadinessOf(checks);
  // Named, and no reason to be taken out of service: one event that cannot be projected must not stop all others.
  const notices = services.flatMap(({ name, notice, noticeAbout = 'rows' }): ReadinessCheck[] =>
    notice === undefined
      ? []
      : [{ part: `${name} (${noticeAbout})`, check: async () => notice(), isDispensable: true }],
  );
  const { host, metricsHost, metricsPort: port } = config;
  const readiness = readinessFor({ checks, notices, roles, isOnlyHere: isLoopback(metricsHost) });
  const monitoring = await listening({ host: 'METRICS_HOST', port: 'METRICS_PORT' }, () =>
    listenForMonitoring({ host: metricsHost, port, metrics, readiness }),
  );
  defer(() => monitoring.close());
  const apiPort = roles.includes('api')
    ? await listenForRequests(
        {
          ...{ config, parts, handlers, metrics, tracing, logger, processName, embeddings },
          checks: [...checks, ...notices],
          reportBroken: brokenHistories.report,
        },
        defer,
      )
    : null;
  return {
    apiUrl: apiPort === null ? null : urlOf(host, apiPort),
    monitoringUrl: urlOf(metricsHost, monitoring.port),
    readyPort: apiPort ?? monitoring.port,
  };
}

/** For each time that the rows of events are followed again: after a change of lease, or of the copies that there are. */
function rowAuditOf({ parts, metrics, logger }: Pick<Given, 'parts' | 'metrics' | 'logger'>) {
  const onTurn = metrics.rowAudit();
  return (position: () => LogPosition | null) => {
    const { db } = opened(parts.readTables);
    const segments = createLogSegmentsReader(readOnly(db));
    return createRowAudit({ db, log: parts.log, segments, random, clock, logger, position, onTurn });
  };
}

/** What anyone may know; where the port is reached from this machine alone, also why a part is not ready. */
const readinessFor =
  ({
    checks,
    notices,
    roles,
    isOnlyHere,
  }: Pick<Given, 'roles'> & {
    readonly checks: readonly ReadinessCheck[];
    readonly notices: readonly ReadinessCheck[];
    readonly isOnlyHere: boolean;
  }) =>
  async () => {
    const asked = await askParts([...checks, ...notices]);
    const isReady = checks.every(({ part }) => asked[part] === null);
    const details = isOnlyHere ? { details: detailsOf(asked) } : {};
    return { isReady, body: { status: isReady ? 'ready' : 'not-ready', roles, parts: codesOf(asked), ...details } };
  };

async function listenForRequests(
  given: Pick<Given, 'config' | 'parts' | 'handlers' | 'logger'> & {
    readonly checks: readonly ReadinessCheck[];
    readonly metrics: Metrics;
    readonly tracing: Tracing | null;
    readonly processName: string;
    readonly embeddings: EmbeddingProvider;
    readonly reportBroken: (stream: string) => void;
  },
  defer: Defer,
): Promise<number> {
  const { config, parts, handlers, checks, metrics, tracing, logger, processName, reportBroken } = given;
  const matchHandler = createMatchHandler(handlers);
  const configured = handlers.map((handler) => ({ ...handler, name: handler.pattern }));
  const { buildServer } = await import('../api/build-server.ts');
  const { permissionsOfRoles } = await import('../api/permissions.ts');
  const log = limitReads(parts.log, defaultLimits.historiesInHand);
  makeDataFolder(config.dataFolder);
  const { authenticator, checks: ofAuthenticator } = await openAuthenticator(config, { clock, logger }, defer);
  const readTables = opened(parts.readTables);
  const rows = readOnly(readTables.db);
  const apiKeys = followApiKeys({ log: parts.log, clock, logger, reportBroken });
  defer(() => apiKeys.stop());
  const ofKeys = { part: 'API keys', check: async () => apiKeys.unhealthyReason() };
  const pauses = followTypePauses({ log: parts.log, clock, logger });
  defer(() => pauses.stop());
  await pauses.start();
  metrics.showReadinessOf([ofKeys, ...ofAuthenticator]);
  const accessCounts = createAccessCounts({
    ...{ store: createAccessCountStore(readTables.db), clock, random, logger },
    keptMs: config.accessCountsDays * DAY_MS,
  });
  defer(() => accessCounts.stop());
  await accessCounts.start();
  const readDatabase = (name: string = events.name) => {
    const unhealthyReason = readTables.unhealthyReason() ?? readTables.refusalOf({ name });
    if (unhealthyReason !== null) throw new ReadDatabaseUnavailable(unhealthyReason);
    return rows;
  };
  const api = buildServer({
    accessCounts,
    useCases: metrics.countedUseCases(createUseCases({ log, clock, random })),
    explains: config.explain !== 'off',
    planMaxEvents: config.planMaxEvents,
    embeddings: given.embeddings,
    log,
    auditTree: (await openFullTiles(config)).inReader(openTreeReader(config, parts)),
    logSegments: createLogSegmentsReader(rows),
    readDatabase,
    rowRepair: createRowRepair(readTables.db, readDatabase),
    authenticator,
    apiKeys,
    keyUses: opened(parts.stores).keyUses,
    cursorKey: createCursorKey(readTables.db, { clock, proposal: randomBytes(32) }),
    secrets: systemSecretSource,
    readinessChecks: [...checks, ofKeys, ...ofAuthenticator],
    pauses,
    configuredTypes: {
      all: configured,
      of: (type) => configured.find(({ name }) => name === matchHandler(type)?.pattern) ?? null,
    },
    replayPermissionOf: (type) => matchHandler(type)?.replay ?? 'safe',
    permissionsOfRoles: permissionsOfRoles(config.replayRole),
    ...metrics.requests(),
    requestTraces: tracing?.requests,
    console: await openConsole(config, clock),
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    rateLimits: {
      requestsPerMinute: config.rateLimitPerMinute,
      actsPerMinute: config.rateLimitActsPerMinute,
      // An embedded database is of this process alone.
      shared: config.databaseUrl === null ? null : createSharedCounts(readTables.db, processName, WINDOW_MS),
    },
    eventLoop: systemEventLoop(),
    limits: connectionsWithin(openFilesLimit(), defaultLimits),
    clock,
    random,
    logger,
  });
  defer(() => api.close());
  await listening({ host: 'HOST', port: 'PORT' }, () => api.listen({ host: config.host, port: config.port }));
  return (api.server.address() as AddressInfo).port;
}
