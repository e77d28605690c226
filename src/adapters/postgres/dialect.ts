import { PostgresAdapter, PostgresDialect, type PostgresPool } from 'kysely';

/**
 * Takes no lock of a session for migrations, because through a pooler it would stay with a session that we have left:
 * {@link migrateToLatest} takes one of its transaction.
 */
class AdapterWithoutSessionLocks extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

class Dialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new AdapterWithoutSessionLocks();
  }
}

export const dialectOn = (pool: PostgresPool): PostgresDialect => new Dialect({ pool });
