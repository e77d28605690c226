import { flushCompileCache } from 'node:module';
import { guardStandardStreams } from '../adapters/output/guard-standard-streams.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { createLogger } from '../adapters/telemetry/logger.ts';
import { createMetrics } from '../adapters/telemetry/metrics/metrics.ts';
import { readableLines } from '../adapters/telemetry/readable-lines.ts';
import { currentTrace } from '../adapters/tracing/current-trace.ts';
import { DeadlinePassed, within } from '../application/within.ts';
import { allRoles, type StartRequest } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import type { HandlerRunner } from '../worker/handler-runner.ts';
import { loadConfig } from '../worker/handlers/load-config.ts';
import { typesOf } from '../worker/handlers/match-handler.ts';
import { CannotStart } from './cannot-start.ts';
import { checkRoles } from './check-roles.ts';
import { compose, type Running } from './compose.ts';
import { crashingAsAsked } from './crash-points/crashing-as-asked.ts';
import { startRunner } from './handler-isolation.ts';
import { openParts } from './open-parts.ts';
import { startTracing, tracedParts } from './tracing.ts';
import { untilReady } from './until-ready.ts';
import { versionOfPackage } from './version-of-package.ts';
import { welcome } from './welcome.ts';

const LOAD_HANDLERS_MS = 30_000;

/** Runs until SIGTERM or SIGINT. @throws {CannotStart} */
export async function start(config: Config, { roles, acceptLossUpTo, passOverUpTo }: StartRequest): Promise<void> {
  // Before anything that may write, the configuration of the handlers included.
  const { standardOutput, standardError } = guardStandardStreams();
  checkRoles(config, roles);
  const handlers = await loadHandlers(config);
  const crashing = crashingAsAsked(config);
  const isTraced = config.tracing !== null;
  // Where a person reads it.
  const isForPeople = !config.production && process.stderr.isTTY;
  const logger = createLogger({
    level: config.logLevel,
    destination: isForPeople ? await readableLines(standardError) : standardError,
    role: roles.length === allRoles.length ? 'all' : roles.join(','),
    ...(isTraced ? { currentTrace } : {}),
  });
  logWarnings(logger);
  const droppedOutput = () => standardOutput.dropped() + standardError.dropped();
  const metrics = createMetrics({ clock: systemClock, version: versionOfPackage(), roles, types: typesOf(handlers) });
  // First, because its processes load beside what follows.
  const runner = roles.includes('worker') ? await startRunner(config, logger, metrics.handlersEnded, isTraced) : null;
  const running = await closingOnFailure(runner, async () => {
    const parts = await openParts({ config, roles, acceptLossUpTo, logger });
    const tracing = await startTracing(config, roles, logger);
    const acting = crashing(tracedParts(tracing, { parts, runner }), logger);
    return compose({ config, roles, passOverUpTo, handlers, metrics, tracing, logger, droppedOutput, ...acting });
  });
  const stopped = stopOnSignal(running, config.shutdownTimeoutMs, logger);
  const { apiUrl, monitoringUrl, readyPort } = running;
  const ready = untilReady(apiUrl === null ? config.metricsHost : config.host, readyPort).then(() => true);
  if (await Promise.race([ready, stopped]))
    process.stdout.write(
      apiUrl === null
        ? `EventOps is ready: ${roles.join(', ')}; health and metrics at ${monitoringUrl}\n`
        : await welcome(config, apiUrl),
    );
  // Otherwise written at the end of the process, which may be a sudden one.
  flushCompileCache();
  await stopped;
}

async function closingOnFailure<Opened>(runner: HandlerRunner | null, open: () => Promise<Opened>): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    await runner?.close();
    throw error;
  }
}

/** Its code runs, and may wait for something that never comes. @throws {ConfigInvalid} @throws {CannotStart} */
async function loadHandlers({ handlersFile }: Config) {
  try {
    return await within(systemClock, LOAD_HANDLERS_MS, loadConfig(handlersFile));
  } catch (error) {
    if (!(error instanceof DeadlinePassed)) throw error;
    throw new CannotStart(
      `Wrong configuration in ${handlersFile}:\n  it is not loaded after ${LOAD_HANDLERS_MS / 1_000} s; see what it awaits outside of its handlers`,
      { isWrongUse: true, cause: error },
    );
  }
}

/** Node's own warnings, as lines of the log. Those of its experiments are of no use to an operator. */
function logWarnings(logger: ReturnType<typeof createLogger>): void {
  process.removeAllListeners('warning').on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') logger.warn({ err: warning }, 'Node warns');
  });
}

function stopOnSignal(running: Running, timeoutMs: number, logger: ReturnType<typeof createLogger>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (signal: NodeJS.Signals) => {
      logger.info({ signal }, 'stopping');
      // What cannot end in time is as safe as with SIGKILL: the log has everything that was answered.
      setTimeout(() => process.exit(1), timeoutMs + 5_000).unref();
      running.close().then(resolve, reject);
    };
    process.once('SIGTERM', stop).once('SIGINT', stop);
  });
}
