import { type Kysely, sql, type Transaction } from 'kysely';
import type { Lease } from '../../application/ports/leases.ts';
import { loadCheckpoint } from '../checkpoints.ts';
import type { Database } from '../database.ts';
import { requireLease } from '../leases.ts';
import { projectionNameOf } from '../projection-states.ts';
import type { ReadModel } from '../read-model.ts';
import { namedIn, type Slot } from '../slots.ts';
import { type ComparedPage, type ComparedTable, comparedTable, comparePage, type PageAsked } from './compare-page.ts';
import { type Exchange, exchangeCopies } from './exchange.ts';

/** What is known of one copy of a read model's rows. */
export interface Copy {
  readonly version: number;
  /** By which it was filled; `null` where no operator asked for it. */
  readonly rebuildId: string | null;
}

/** The copy that is read, and the one beside it; `null` where there is none. */
export interface FoundCopies {
  readonly live: Copy | null;
  readonly beside: Copy | null;
}

/** Where the copy beside the one that is read is. One is enough: a read model has one rebuild at a time. */
export const besideSlotOf = (projection: string): string => `rebuild_${projection.replaceAll('-', '_')}`;

/**
 * The two copies of one read model: the one that is read, under its plain name, and the one beside it.
 * Each may be repeated after a failure. @throws {ReadDatabaseUnavailable} done or not is unknown.
 */
export interface Copies {
  find(): Promise<FoundCopies>;
  /**
   * Keeps which version the rows are of that are read, where that is not known yet: the oldest, which wrote those that are there,
   * or the newest, whose tables are then made in the place of empty ones.
   */
  adopt(versions: readonly ReadModel[]): Promise<void>;
  /** Empty tables without indexes but for their keys, in the place of what was there. @throws {ConcurrencyConflict} the lease was taken over. */
  create(readModel: ReadModel, rebuildId: string, lease: Lease | null): Promise<void>;
  /** What only queries need. Takes as long as it takes, or until `signal` aborts. */
  index(readModel: ReadModel, signal: AbortSignal): Promise<void>;
  /** How a table can be compared. */
  comparedTable(table: { readonly name: string; readonly notFromLog: readonly string[] }): Promise<ComparedTable>;
  /** Rows of both in a range of keys. Both have to be of one position. */
  compare(asked: PageAsked): Promise<ComparedPage>;
  /**
   * One transaction makes the copy beside the one that is read. @throws {ConcurrencyConflict} they are of different
   * positions, or are others than is said, or the lease was taken over: nothing was changed. @throws {ExchangeRefused}
   */
  exchange(exchange: Exchange): Promise<void>;
  /** Deletes the copy beside. @param readModels all versions of which it may be. */
  drop(readModels: readonly ReadModel[], lease: Lease | null): Promise<void>;
}

/** Runs statements that take longer than others are given, until they end or `signal` aborts. */
export type ForLong = <Result>(work: (db: Kysely<Database>) => Promise<Result>, signal: AbortSignal) => Promise<Result>;

const LIVE = '';

export function createCopies(db: Kysely<Database>, projection: string, forLong: ForLong): Copies {
  const slot = besideSlotOf(projection);
  return {
    async find() {
      const rows = await db
        .selectFrom('projection_copies')
        .select(['slot', 'version', 'rebuild_id'])
        .where('projection', '=', projection)
        .execute();
      const found = (name: string): Copy | null => {
        const row = rows.find((each) => each.slot === name);
        return row === undefined ? null : { version: row.version, rebuildId: row.rebuild_id };
      };
      return { live: found(LIVE), beside: found(slot) };
    },
    adopt: (versions) =>
      db.transaction().execute(async (transaction) => {
        const [oldest, newest] = [versions[0], versions.at(-1)];
        if (oldest === undefined || newest === undefined) return;
        const hasRows = (await loadCheckpoint(transaction, projectionNameOf(oldest))) !== null;
        const adopted = await transaction
          .insertInto('projection_copies')
          .values({ projection, slot: LIVE, version: (hasRows ? oldest : newest).version, rebuild_id: null })
          .onConflict((conflict) => conflict.doNothing())
          .returning('version')
          .execute();
        if (adopted.length > 0 && !hasRows && oldest !== newest) await dropTables(transaction, [oldest], null);
      }),
    create: (readModel, rebuildId, lease) =>
      db.transaction().execute(async (transaction) => {
        await dropTables(transaction, [readModel], slot);
        await sql`create schema if not exists ${sql.id(slot)}`.execute(transaction);
        for (const statement of readModel.createTables(namedIn(slot))) await statement.execute(transaction);
        const copy = { version: readModel.version, rebuild_id: rebuildId };
        await transaction
          .insertInto('projection_copies')
          .values({ projection, slot, ...copy })
          .onConflict((conflict) => conflict.columns(['projection', 'slot']).doUpdateSet(copy))
          .execute();
        if (lease !== null) await requireLease(transaction, lease);
      }),
    async index({ createIndexes = () => [], tables }, signal) {
      const statements = [
        ...createIndexes(namedIn(slot)),
        ...tables.map((name) => sql`analyze ${namedIn(slot)(name)}`),
      ];
      await forLong(async (long) => {
        for (const statement of statements)
          await long.transaction().execute(async (transaction) => {
            await sql`set local statement_timeout = 0`.execute(transaction);
            await statement.execute(transaction);
          });
      }, signal);
    },
    comparedTable: (table) => comparedTable(db, slot, table),
    compare: (asked) => comparePage(db, slot, asked),
    exchange: (exchange) => exchangeCopies(db, { projection, slot, ...exchange }),
    drop: (readModels, lease) =>
      db.transaction().execute(async (transaction) => {
        await dropTables(transaction, readModels, slot);
        await transaction
          .deleteFrom('projection_copies')
          .where('projection', '=', projection)
          .where('slot', '=', slot)
          .execute();
        if (lease !== null) await requireLease(transaction, lease);
      }),
  };
}

/** What others have made over them is not deleted with them: then this fails, and says what it is. */
async function dropTables(transaction: Transaction<Database>, readModels: readonly ReadModel[], slot: Slot) {
  const named = namedIn(slot);
  const views = new Set(readModels.flatMap(({ views: names = [] }) => names));
  const tables = new Set(readModels.flatMap(({ tables: names }) => names));
  for (const name of views) await sql`drop view if exists ${named(name)}`.execute(transaction);
  for (const name of tables) await sql`drop table if exists ${named(name)}`.execute(transaction);
  if (slot !== null) await sql`drop schema if exists ${sql.id(slot)}`.execute(transaction);
  const [readModel] = readModels;
  if (readModel === undefined) return;
  for (const table of ['checkpoints', 'projection_failures', 'projection_states'] as const)
    await transaction.deleteFrom(table).where('subscriber', '=', projectionNameOf(readModel, slot)).execute();
}
