import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Kysely } from 'kysely';
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

/**
 * Brings the read database's schema to this version's. Of several processes that do so at once, one works and the others
 * wait (an advisory lock). Each migration is one transaction.
 * @returns the names of the migrations that were applied now.
 * @throws {ReadDatabaseUnavailable} or what went wrong in a migration; also when the database was migrated by another
 *   version that knows other migrations.
 */
export async function migrateToLatest<Database>(db: Kysely<Database>): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error as Error;
  return results.map(({ migrationName }) => migrationName);
}
