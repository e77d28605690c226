import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { openEmbeddedReadDatabase } from '../../../src/adapters/postgres/open-embedded-read-database.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import type { BackgroundService } from '../../../src/application/ports/background-service.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { allRoles } from '../../../src/cli/program.ts';
import type { LimitsOfServices } from '../../../src/main/limits-of-services.ts';
import { createServices } from '../../../src/main/work-of-roles.ts';
import type { Database } from '../../../src/projections/database.ts';
import { createStores } from '../../../src/projections/stores.ts';
import type { HandlerRunner } from '../../../src/worker/handler-runner.ts';
import type { ConfiguredHandler } from '../../../src/worker/handlers/match-handler.ts';
import { readAllHistories } from '../guarantees/read-histories.ts';
import { fillWithReadTables } from '../read-database/fill-with-read-tables.ts';

export interface ServicesOfProfile {
  readonly handlers: readonly ConfiguredHandler[];
  readonly startRunner?: (limits: LimitsOfServices) => HandlerRunner;
  readonly limits?: LimitsOfServices;
  /** Commands that wait in the bus, at most. */
  readonly maxWaiting: number;
}

/** Log and read tables of the embedded profile in a folder of their own, and its services, without requests. */
export async function openEmbeddedProfile(logger: Logger) {
  const place = { clock: systemClock, random: systemRandom };
  const folder = await mkdtemp(join(tmpdir(), 'eventops-embedded-'));
  const log = await openEmbeddedLog({ path: join(folder, 'log.sqlite') });
  await fillWithReadTables(join(folder, 'rows'));
  const rows = await openEmbeddedReadDatabase<Database>({ folder: join(folder, 'rows'), logger });
  const useCases = createUseCases({ log, ...place });
  let services: readonly BackgroundService[] = [];
  return {
    log,
    useCases,
    start: async ({ maxWaiting, ...given }: ServicesOfProfile) => {
      const bus = new EmbeddedBus({ maxWaiting });
      services = await createServices({
        roles: allRoles,
        parts: { log, stores: createStores(rows.db), bus, leases: null, isOnlyProcess: true },
        ...{ useCases, logger, shutdownTimeoutMs: 1_000, processName: systemRandom.uuid(), ...place, ...given },
        metrics: { counted: (subscriber) => subscriber },
      });
      for (const service of services) await service.start();
    },
    /** Stops and closes everything; with what the log has in the end. */
    close: async () => {
      for (const service of services.toReversed()) await service.stop();
      const histories = await readAllHistories(log);
      await rows.close();
      await log.close();
      await rm(folder, { recursive: true });
      return histories;
    },
  };
}
