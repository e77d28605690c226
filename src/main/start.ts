import { createLogger } from '../adapters/telemetry/logger.ts';
import { allRoles, type Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import type { ConfiguredHandler } from '../worker/handlers/match-handler.ts';
import { CannotStart } from './cannot-start.ts';
import { compose, type Running } from './compose.ts';
import { openEmbeddedParts } from './embedded-parts.ts';
import { welcome } from './welcome.ts';

/** Runs until SIGTERM or SIGINT. @throws {CannotStart} */
export async function start(
  config: Config,
  roles: readonly Role[],
  handlers: readonly ConfiguredHandler[],
): Promise<void> {
  refuseWhatIsNotBuilt(config);
  if (roles.length < allRoles.length)
    throw new CannotStart(
      `The embedded log belongs to one process, so all roles run in it: leave --roles out (asked for: ${roles.join(', ')})`,
      { isWrongUse: true },
    );
  const logger = createLogger(config.logLevel);
  const parts = await openEmbeddedParts(config, logger);
  const running = await compose({ config, parts, handlers, logger });
  const stopped = stopOnSignal(running, config.shutdownTimeoutMs, logger);
  await ready(running.url);
  process.stdout.write(await welcome(config, running.url));
  await stopped;
}

/** A setting that does nothing would be believed: say so instead. */
function refuseWhatIsNotBuilt(config: Config): void {
  const given = Object.entries({
    EVENTSTORE_URL: config.eventStoreUrl,
    DATABASE_URL: config.databaseUrl,
    AMQP_URL: config.amqpUrl,
    OIDC_ISSUER: config.oidcIssuer,
  }).flatMap(([name, value]) => (value === null ? [] : [name]));
  const problems = given.map((name) => `${name}: this part is not built yet; leave the setting out`);
  if (config.production)
    problems.push(
      'NODE_ENV: production needs OIDC_ISSUER, which is not built yet; development tokens are refused there',
    );
  if (problems.length > 0)
    throw new CannotStart(`Wrong settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, {
      isWrongUse: true,
    });
}

/** Asks as a load balancer would, so that the ready line is never a lie. */
async function ready(url: string): Promise<void> {
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 25));
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
