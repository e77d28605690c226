import { openPostgresReadDatabase } from '../../../src/adapters/postgres/open-postgres-read-database.ts';
import { systemChance } from '../../../src/adapters/system/chance.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import type { Database } from '../../../src/projections/database.ts';
import { silentLogger } from '../worker/silent-logger.ts';

/** Read tables in this database; every stored checkpoint is believed. */
export const openReadTablesAt = (url: string) =>
  openPostgresReadDatabase<Database>({
    url,
    clock: systemClock,
    chance: systemChance,
    logger: silentLogger,
    verify: async () => {},
  });
