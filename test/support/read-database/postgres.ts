import { openPostgresReadDatabase } from '../../../src/adapters/postgres/open-postgres-read-database.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import type { Database } from '../../../src/projections/database.ts';
import { silentLogger } from '../worker/silent-logger.ts';

/** Read tables in this database; every stored checkpoint is believed. */
export const openReadTablesAt = (url: string) =>
  openPostgresReadDatabase<Database>({
    url,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    verify: async () => {},
  });
