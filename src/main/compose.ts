import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { systemChance } from '../adapters/system/chance.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { createMetrics } from '../adapters/telemetry/metrics.ts';
import { listenForMonitoring } from '../adapters/telemetry/monitoring.ts';
import type { ReadinessCheck } from '../api/dependencies.ts';
import { askParts, wording } from '../api/readiness.ts';
import { createBrokenHistories, reportingBrokenHistories } from '../application/broken-histories.ts';
import { ReadDatabaseUnavailable } from '../application/failures.ts';
import type { Logger } from '../application/ports/logger.ts';
import { createUseCases, type UseCases } from '../application/use-cases.ts';
import type { Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import { readOnly } from '../projections/database.ts';
import { type ConfiguredHandler, createMatchHandler } from '../worker/handlers/match-handler.ts';
import { listening, urlOf } from './listening.ts';
import { type Defer, opening } from './opening.ts';
import { opened, type Parts } from './parts.ts';
import { createServices } from './work-of-roles.ts';

const clock = systemClock;
const chance = systemChance;
const READINESS_PATIENCE_MS = 2_000;

interface Started {
  /** Where the API is reached; `null` in a process without it. */
  readonly apiUrl: string | null;
  /** Where metrics, health and readiness are. */
  readonly monitoringUrl: string;
  /** Of whichever of the two a load balancer asks. */
  readonly readyPort: number;
}

export interface Running extends Started {
  /** Takes no more work, finishes or releases what is in hand, and closes everything. */
  close(): Promise<void>;
}

interface Given {
  readonly config: Config;
  readonly roles: readonly Role[];
  readonly parts: Parts;
  readonly handlers: readonly ConfiguredHandler[];
  readonly logger: Logger;
}

/**
 * Puts the parts together and starts the roles; resolves once each is at work. On failure everything is closed.
 * Closing goes backwards: no more requests, then the sweep and the dispatcher, which hand work to the worker, then the
 * worker, then the projectors, so that what the worker appends still reaches the rows.
 * @throws {CannotStart}
 */
export const compose = (given: Given): Promise<Running> => opening((defer) => startAll(given, defer));

async function startAll(given: Given, defer: Defer): Promise<Started> {
  const { config, roles, handlers, logger } = given;
  defer(() => given.parts.close());
  const metrics = createMetrics();
  const brokenHistories = createBrokenHistories({ logger });
  metrics.gauge(
    'eventops_broken_histories',
    'Histories that this process has read and that do not match their hashes.',
    brokenHistories.count,
  );
  const parts = { ...given.parts, log: reportingBrokenHistories(given.parts.log, brokenHistories) };
  const useCases = createUseCases({ log: parts.log, clock, chance });
  const { shutdownTimeoutMs } = config;
  const processName = `${hostname()}/${process.pid}/${chance.uuid().slice(0, 8)}`;
  const services = await createServices({
    ...{ roles, parts, handlers, useCases, metrics, shutdownTimeoutMs, logger, clock, chance, processName },
  });
  for (const service of services) {
    defer(() => service.stop());
    await service.start();
  }
  const isDispensable = !parts.isOnlyProcess;
  const checks: readonly ReadinessCheck[] = [
    ...parts.readinessChecks,
    // Other events go on, so requests may come.
    { part: 'histories', check: async () => brokenHistories.trouble(), isDispensable: true },
    ...services.map(({ name, trouble }) => ({ part: name, check: async () => trouble(), isDispensable })),
  ];
  const readiness = async () => {
    const asked = await askParts(checks, { clock, patienceMs: READINESS_PATIENCE_MS });
    const isReady = Object.values(asked).every((trouble) => trouble === null);
    return { isReady, body: { status: isReady ? 'ready' : 'not ready', roles, parts: wording(asked) } };
  };
  const { host, metricsPort: port } = config;
  const monitoring = await listening({ host: 'HOST', port: 'METRICS_PORT' }, () =>
    listenForMonitoring({ host, port, metrics, readiness }),
  );
  defer(() => monitoring.close());
  const apiPort = roles.includes('api')
    ? await listenForRequests({ config, parts, handlers, useCases, checks, logger }, defer)
    : null;
  return {
    apiUrl: apiPort === null ? null : urlOf(host, apiPort),
    monitoringUrl: urlOf(host, monitoring.port),
    readyPort: apiPort ?? monitoring.port,
  };
}

async function listenForRequests(
  given: Pick<Given, 'config' | 'parts' | 'handlers' | 'logger'> & {
    readonly useCases: UseCases;
    readonly checks: readonly ReadinessCheck[];
  },
  defer: Defer,
): Promise<number> {
  const { config, parts, handlers, useCases, checks, logger } = given;
  const matchHandler = createMatchHandler(handlers);
  const { buildServer } = await import('../api/build-server.ts');
  const { permissionsOfRoles } = await import('../api/permissions.ts');
  const { createDevelopmentAuthenticator } = await import('../adapters/development-issuer/development-issuer.ts');
  const readTables = opened(parts.readTables);
  const rows = readOnly(readTables.db);
  const api = buildServer({
    useCases,
    log: parts.log,
    readDatabase: () => {
      const trouble = readTables.trouble();
      if (trouble !== null) throw new ReadDatabaseUnavailable(trouble);
      return rows;
    },
    authenticator: await createDevelopmentAuthenticator({ dataFolder: config.dataFolder, clock }),
    readinessChecks: checks,
    replayPermissionOf: (type) => matchHandler(type)?.replay ?? 'safe',
    permissionsOfRoles: permissionsOfRoles(config.replayRole),
    clock,
    chance,
    logger,
  });
  defer(() => api.close());
  await listening({ host: 'HOST', port: 'PORT' }, () => api.listen({ host: config.host, port: config.port }));
  return (api.server.address() as AddressInfo).port;
}
