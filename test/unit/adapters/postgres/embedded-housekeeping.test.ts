import { describe, expect, it } from 'vitest';
import { createHousekeeping } from '../../../../src/adapters/postgres/embedded-housekeeping.ts';

const megabytes = (count: number) => count * 1024 * 1024;

/** A database whose tables and log are in that state, and the work that is done on it. */
function databaseWith(state: { readonly tables: readonly Record<string, unknown>[]; readonly isLogLong: boolean }) {
  const work: string[] = [];
  const housekeeping = createHousekeeping(async (statement) => {
    if (statement.includes('pg_stat_user_tables')) return state.tables;
    if (statement.includes('pg_current_wal_insert_lsn')) return [{ place: '0/5000000', is_long: state.isLogLong }];
    work.push(statement);
    return [];
  });
  return { housekeeping, work };
}

const worn = [
  { name: 'events', is_full_of_dead_rows: true },
  { name: 'checkpoints', is_full_of_dead_rows: false },
];

describe('housekeeping', () => {
  it('removes dead rows where there are many, and takes statistics where much has changed', async () => {
    const { housekeeping, work } = databaseWith({ tables: worn, isLogLong: false });
    housekeeping.count(megabytes(2));
    await housekeeping.doWhatIsDue();
    expect(work).toEqual(['vacuum (analyze) events', 'analyze checkpoints']);
  });

  it('folds the log into the tables when it is long', async () => {
    const { housekeeping, work } = databaseWith({ tables: [], isLogLong: true });
    housekeeping.count(megabytes(2));
    await housekeeping.doWhatIsDue();
    expect(work).toEqual(['checkpoint']);
  });

  it('does not look before much was asked of the database, nor again at once', async () => {
    const { housekeeping, work } = databaseWith({ tables: worn, isLogLong: true });
    housekeeping.count(megabytes(1.5));
    await housekeeping.doWhatIsDue();
    expect(work).toEqual([]);
    housekeeping.count(megabytes(0.5));
    await housekeeping.doWhatIsDue();
    await housekeeping.doWhatIsDue();
    expect(work).toHaveLength(3);
  });
});
