import { systemClock } from '../adapters/system/clock.ts';
import { systemRandom } from '../adapters/system/random.ts';
import type { Tracing } from '../adapters/tracing/open-tracing.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import type { HandlerRunner } from '../worker/handler-runner.ts';
import type { Parts } from './parts.ts';
import { versionOfPackage } from './version-of-package.ts';

/** As the settings say; without an endpoint nothing of OpenTelemetry is loaded. */
export async function startTracing(
  { tracing: settings, eventStoreUrl, amqpUrl, otelWithoutEffect }: Config,
  roles: readonly Role[],
  logger: Logger,
): Promise<Tracing | null> {
  if (otelWithoutEffect.length > 0)
    logger.warn({ settings: otelWithoutEffect }, 'variables of OpenTelemetry that have no effect here are given');
  if (settings === null) return null;
  const { openTracing } = await import('../adapters/tracing/open-tracing.ts');
  const systems = {
    log: eventStoreUrl === null ? 'sqlite' : 'eventstoredb',
    readTables: 'postgresql',
    commands: amqpUrl === null ? 'eventops' : 'rabbitmq',
  } as const;
  const about = { settings, systems, roles, version: versionOfPackage(), instance: systemRandom.uuid() };
  return openTracing({ ...about, logger, clock: systemClock });
}

interface ActsOutside {
  readonly parts: Parts;
  readonly runner: HandlerRunner | null;
}

/** What a process acts through, with its spans. */
export function tracedParts(tracing: Tracing | null, { parts, runner }: ActsOutside): ActsOutside {
  if (tracing === null) return { parts, runner };
  const { log, bus, stores } = parts;
  return {
    parts: {
      ...parts,
      log: tracing.log(log),
      bus: bus && tracing.bus(bus),
      stores: stores && {
        ...stores,
        projection: (readModel, slot) => tracing.projection(readModel.name, stores.projection(readModel, slot)),
      },
    },
    runner: runner && tracing.runner(runner),
  };
}
