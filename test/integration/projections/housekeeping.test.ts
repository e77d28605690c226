import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { EventRow } from '../../../src/projections/events/project.ts';
import { writeEvents } from '../../../src/projections/events/write.ts';
import { namedIn } from '../../../src/projections/slots.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { row } from '../../support/read-database/rows.ts';

const db = readTablesOfThisFile();
const MOST_WRITES = 20;

describe('the embedded read database', () => {
  it('is rid of dead rows, and knows what is in its tables, after many writes', async () => {
    const write = (revision: string) => {
      const rows: EventRow[] = Array.from({ length: 12_000 }, (_, index) => row(`event-${index}`, { revision }));
      return db()
        .transaction()
        .execute((transaction) => writeEvents({ transaction, named: namedIn(null) }, rows));
    };
    const look = async () => {
      const { rows } = await sql`
        select n_dead_tup < 12000 as is_tidy, last_vacuum is not null as was_tidied, last_analyze is not null as is_known
        from pg_stat_user_tables where relname = 'events'`.execute(db());
      return rows;
    };
    const wanted = [{ is_tidy: true, was_tidied: true, is_known: true }];
    // PostgreSQL counts dead rows with a delay of up to a second (PGSTAT_MIN_INTERVAL), in which several writes may fit.
    for (
      let revision = 0;
      revision < 3 || (revision < MOST_WRITES && !isDeepStrictEqual(await look(), wanted));
      revision++
    )
      await write(String(revision));
    expect(await look()).toEqual(wanted);
  });
});
