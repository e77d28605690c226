import { type Kysely, sql, type Transaction } from 'kysely';
import type { Lease } from '../application/ports/leases.ts';
import type { Database } from './database.ts';
import { requireLease } from './leases.ts';
import { projectionNameOf } from './projection-states.ts';
import type { ReadModel } from './read-model.ts';
import { namedIn, type Slot } from './slots.ts';

/** Of several processes that find a table missing one creates it. Any number, as long as it is always the same. */
const LOCK = sql.lit(6_120_114_519_217_083_000n);

/**
 * Creates what is missing of a read model's tables. Where one was missing, what is left of the others is emptied and the
 * checkpoint is deleted, so that all rows are written from the beginning of the log. Other read models are left alone.
 * @returns whether a table was missing. @throws {ReadDatabaseUnavailable} @throws {ConcurrencyConflict} the lease was taken over.
 */
export async function createMissingTables(
  db: Kysely<Database>,
  readModel: ReadModel,
  { slot, lease }: { readonly slot: Slot; readonly lease: Lease | null },
): Promise<boolean> {
  if ((await missingTables(db, readModel, slot)).length === 0) return false;
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction);
    // Another process may have been faster.
    if ((await missingTables(transaction, readModel, slot)).length === 0) return false;
    if (slot !== null) await sql`create schema if not exists ${sql.id(slot)}`.execute(transaction);
    const { createTables, createIndexes = () => [] } = readModel;
    for (const statement of [createTables, createIndexes].flatMap((statements) => statements(namedIn(slot))))
      await statement.execute(transaction);
    await emptyTables(transaction, readModel, slot);
    // Or a process that was superseded would make tables in the place of those that the next one has deleted.
    if (lease !== null) await requireLease(transaction, lease);
    return true;
  });
}

/**
 * Deletes all rows of one read model and its checkpoint: its projector writes them from the beginning of the log.
 * @throws {ReadDatabaseUnavailable}
 */
export const discardRows = (db: Kysely<Database>, readModel: ReadModel): Promise<void> =>
  db.transaction().execute((transaction) => emptyTables(transaction, readModel, null));

/** The tables themselves stay, with the rights and views that others have given them. */
async function emptyTables(transaction: Transaction<Database>, readModel: ReadModel, slot: Slot): Promise<void> {
  const missing = await missingTables(transaction, readModel, slot);
  const tables = readModel.tables.filter((name) => !missing.includes(name)).map(namedIn(slot));
  if (tables.length > 0) await sql`truncate ${sql.join(tables)}`.execute(transaction);
  const subscriber = projectionNameOf(readModel, slot);
  for (const table of ['checkpoints', 'projection_failures', 'projection_states'] as const)
    await transaction.deleteFrom(table).where('subscriber', '=', subscriber).execute();
}

async function missingTables(db: Kysely<Database>, { tables }: ReadModel, slot: Slot): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${tables}::text[]) as given (name)
    where to_regclass(coalesce(quote_ident(${slot}::text) || '.', '') || quote_ident(name)) is null`.execute(db);
  return rows.map(({ name }) => name);
}
