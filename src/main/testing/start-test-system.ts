import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueDevelopmentToken } from '../../adapters/development-issuer/development-issuer.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { createMetrics } from '../../adapters/telemetry/metrics/metrics.ts';
import { within } from '../../application/within.ts';
import { allRoles } from '../../cli/program.ts';
import { readConfig } from '../../config/config.ts';
import type { EventOpsConfig } from '../../worker/handlers/define-config.ts';
import { handlersOf } from '../../worker/handlers/load-config.ts';
import { type ConfiguredHandler, typesOf } from '../../worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../../worker/in-process-runner.ts';
import { compose } from '../compose.ts';
import { openParts } from '../open-parts.ts';
import { opening } from '../opening.ts';
import { readTablesOf } from '../read-tables.ts';
import { untilReady } from '../until-ready.ts';
import { recordLog, type TestLine } from './recorded-log.ts';
import { createTestClient, type TestClient } from './test-client.ts';

/** The first start ever makes PostgreSQL's files, which takes many seconds. */
const READY_WITHIN_MS = 120_000;

export interface TestSystemOptions {
  /** Replaces every delay of the handlers' retry policies, so that a test need not wait for them. */
  readonly retryDelayMs?: number;
}

export interface TestSystem extends TestClient {
  /** Where the API listens, for what the methods do not do. */
  readonly url: string;
  /** An admin's, for the same. */
  readonly token: string;
  /** Everything that was logged since the start. */
  readonly log: readonly TestLine[];
  /** Ends everything and removes what was stored. */
  stop(): Promise<void>;
}

/**
 * A whole EventOps of its own in this process: the embedded profile with all roles, a free port, and a data folder that
 * is removed at the end. Handlers run in this process, too, so that they share the test's variables.
 * @throws {ConfigInvalid} @throws when it is not ready in time, with what it logged.
 */
export async function startTestSystem(config: EventOpsConfig, options: TestSystemOptions = {}): Promise<TestSystem> {
  const handlers = handlersOf(config, 'the test', 'test').map((handler) => withDelays(handler, options.retryDelayMs));
  const { lines: log, logger } = recordLog();
  const { close: stop, ...system } = await opening(async (defer) => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'eventops-test-'));
    defer(() => rm(dataFolder, { recursive: true, force: true }));
    const settings = readConfig({
      PORT: '0',
      METRICS_PORT: '0',
      DATA_DIR: dataFolder,
      SHUTDOWN_TIMEOUT_MS: '1000',
      RATE_LIMIT_ACTS_PER_MINUTE: '0',
    });
    const { copyEmptyTables } = await import('../../adapters/postgres/embedded-template.ts');
    await copyEmptyTables(readTablesOf(dataFolder), logger);
    const parts = await openParts({ config: settings, roles: allRoles, logger });
    const running = await compose({
      ...{ config: settings, roles: allRoles, parts, handlers, logger },
      runner: createInProcessRunner({ clock: systemClock, logger }),
      metrics: createMetrics({ clock: systemClock, version: 'test', roles: allRoles, types: typesOf(handlers) }),
      droppedOutput: () => 0,
    });
    defer(() => running.close());
    await within(systemClock, READY_WITHIN_MS, untilReady(settings.host, running.readyPort)).catch((cause: Error) => {
      const said = log.map(({ message }) => `\n  ${message}`).join('');
      throw new Error(`The system is not ready after ${READY_WITHIN_MS / 1_000} s. Its log:${said}`, { cause });
    });
    const token = await issueDevelopmentToken({
      ...{ dataFolder, role: 'admin', scopes: [], subject: 'test', now: systemClock.now() },
    });
    const url = running.apiUrl as string;
    return { url, token, ...createTestClient(url, token) };
  });
  return { ...system, log, stop };
}

const withDelays = (handler: ConfiguredHandler, delayMs: number | undefined): ConfiguredHandler =>
  delayMs === undefined ? handler : { ...handler, ...withDelay(handler, delayMs) };

function withDelay({ retry, retryOn }: Pick<ConfiguredHandler, 'retry' | 'retryOn'>, delayMs: number) {
  const delayed = (policy: typeof retry) => ({ ...policy, initialDelayMs: delayMs, maxDelayMs: delayMs });
  const ofClasses = retryOn && new Map([...retryOn].map(([name, policy]) => [name, delayed(policy)]));
  return { retry: delayed(retry), ...(ofClasses === undefined ? {} : { retryOn: ofClasses }) };
}
