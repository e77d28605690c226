import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

const migrationsFolder = new URL('../../../migrations/', import.meta.url);

/** The numbered files of the migrations folder by name, whether still TypeScript or compiled. */
async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const file of await readdir(fileURLToPath(migrationsFolder))) {
    const name = /^(\d{4}-[a-z-]+)\.[jt]s$/.exec(file)?.[1];
    if (name !== undefined) migrations[name] = (await import(new URL(file, migrationsFolder).href)) as Migration;
  }
  return migrations;
}

/** Of this version, in the order in which they are applied. */
export const migrationNames = async (): Promise<readonly string[]> => Object.keys(await readMigrations()).sort();

/** The same as Kysely's own, so that a process of an earlier version is waited for, too. */
const LOCK = sql.lit(3_853_314_791_062_309_107n);

/**
 * Brings the read database's schema to this version's. Of several processes that do so at once, one works and the others
 * wait (an advisory lock). All that is new is one transaction.
 * @param db opened with {@link dialectOn}.
 * @returns the names of the migrations that were applied now.
 * @throws {ReadDatabaseUnavailable} or what went wrong in a migration; also when the database was migrated by another
 *   version that knows other migrations.
 */
export async function migrateToLatest<Database>(db: Kysely<Database>): Promise<readonly string[]> {
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction);
    const migrator = new Migrator({ db: transaction, provider: { getMigrations: readMigrations } });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error !== undefined) throw error as Error;
    return results.map(({ migrationName }) => migrationName);
  });
}
