import { type Kysely, sql, type Transaction } from 'kysely';
import { eventIdOfStream } from '../application/event-identity.ts';
import { ReadDatabaseRefused } from '../application/failures.ts';
import type { RecordedTransition } from '../application/ports/event-log.ts';
import type { RowRepair, RowRepairOutcome } from '../application/ports/row-repair.ts';
import type { RepairedTable } from '../domain/row-repair/transitions.ts';
import { type Database, readOnly } from './database.ts';
import { deadLetters } from './dead-letters/read-model.ts';
import { dueWork } from './due-work/read-model.ts';
import { events } from './events/read-model.ts';
import { readModels } from './index.ts';
import { projectionNameOf } from './projection-states.ts';
import { concerning, type ReadModel } from './read-model.ts';
import { liveVersions } from './rebuild/queries.ts';
import { namedIn } from './slots.ts';

/** Read models that have rows of one event which follow from its history alone, and by which column they are its. */
const repaired: readonly {
  readonly name: string;
  readonly keys: Readonly<Record<string, string>>;
  /** Its `write` replaces rows of an equal revision by itself. */
  readonly replaces: boolean;
}[] = [
  { name: events.name, keys: { events: 'id' }, replaces: true },
  { name: dueWork.name, keys: { due_work: 'id' }, replaces: false },
  { name: deadLetters.name, keys: { dead_events: 'event_id', undecided_failures: 'event_id' }, replaces: false },
];

/** @param requireShown throws while the rows of a read model are not to be shown. */
export function createRowRepair(
  db: Kysely<Database>,
  requireShown: (readModel: string) => unknown = () => {},
  all: readonly ReadModel[] = readModels,
): RowRepair {
  const write = (history: readonly RecordedTransition[], isTextOnly: boolean) =>
    db
      .transaction()
      .execute((transaction) => repairAll(transaction, { history, isTextOnly, all }))
      .catch((error: unknown): RowRepairOutcome => {
        if (error instanceof RowAhead) return error.outcome;
        throw error;
      });
  return {
    requireAvailable() {
      for (const { name } of repaired) requireShown(name);
    },
    repair: (history) =>
      write(history, false).catch((error: unknown) => {
        // A value that jsonb does not hold.
        if (error instanceof ReadDatabaseRefused) return write(history, true);
        throw error;
      }),
  };
}

/** Ends the transaction. */
class RowAhead extends Error {
  readonly outcome: RowRepairOutcome;
  constructor(projection: string, revision: bigint) {
    super(`A row of ${projection} is of revision ${revision}`);
    this.outcome = { kind: 'row-ahead', projection, revision };
  }
}

interface Given {
  readonly history: readonly RecordedTransition[];
  readonly isTextOnly: boolean;
  readonly all: readonly ReadModel[];
}

async function repairAll(
  transaction: Transaction<Database>,
  { history, isTextOnly, all }: Given,
): Promise<RowRepairOutcome> {
  const [first] = history;
  if (first === undefined) throw new Error('An event without a history has no rows that could be repaired');
  const { stream } = first;
  const id = eventIdOfStream(stream);
  const head = history.at(-1)?.revision ?? first.revision;
  const live = await liveVersions(readOnly(transaction));
  const tables: RepairedTable[] = [];
  for (const { name, keys, replaces } of repaired) {
    const readModel = versionOf(all, name, live.get(name));
    const subscriber = projectionNameOf(readModel);
    // As its projector does first with each batch: the two wait for each other.
    await sql`select from checkpoints where subscriber = ${subscriber} for update`.execute(transaction);
    const found = await rowsOf(transaction, keys, id);
    const newest = found.map(({ row: { revision } }) => BigInt(revision)).find((revision) => revision > head);
    if (newest !== undefined) throw new RowAhead(name, newest);
    if (!replaces)
      for (const [table, key] of Object.entries(keys))
        await sql`delete from ${sql.id(table)} where ${sql.id(key)} = ${id}::uuid`.execute(transaction);
    const decoded = concerning(readModel, history).map((recorded) => ({
      ...{ recorded, transition: readModel.decode(recorded) },
      ...(readModel.needsFirstOf?.includes(recorded.type) === true ? { first: readModel.decode(first) } : {}),
    }));
    await readModel.write({ transaction, named: namedIn(null) }, decoded, { isTextOnly, isWholeHistory: true });
    await sql`delete from projection_failures where subscriber = ${subscriber} and stream = ${stream}`.execute(
      transaction,
    );
    const written = await rowsOf(transaction, keys, id);
    for (const table of Object.keys(keys)) {
      const rowIn = (rows: readonly FoundRow[]) => rows.find((one) => one.table === table)?.row ?? null;
      const left = readModel.notFromLog?.[table] ?? [];
      tables.push({ projection: name, table, ...difference(rowIn(found), rowIn(written), left) });
    }
  }
  return { kind: 'repaired', tables };
}

/** Of which the rows are that are read; the newest where none were written yet. */
function versionOf(all: readonly ReadModel[], name: string, version: number | undefined): ReadModel {
  const versions = all.filter((one) => one.name === name);
  const found = versions.find((one) => one.version === version) ?? versions.at(-1);
  if (found === undefined) throw new Error(`There is no read model ${name}`);
  return found;
}

interface FoundRow {
  readonly table: string;
  /** By column, each value as JSON text. */
  readonly row: Readonly<Record<string, string>> & { readonly revision: string };
}

async function rowsOf(
  transaction: Transaction<Database>,
  keys: Readonly<Record<string, string>>,
  id: string,
): Promise<readonly FoundRow[]> {
  const found: FoundRow[] = [];
  for (const [table, key] of Object.entries(keys)) {
    const { rows } = await sql<Pick<FoundRow, 'row'>>`
      select (select json_object_agg(key, value::text) from jsonb_each(to_jsonb(t))) as row
      from ${sql.id(table)} as t where ${sql.id(key)} = ${id}::uuid`.execute(transaction);
    found.push(...rows.map(({ row }) => ({ table, row })));
  }
  return found;
}

type Row = Readonly<Record<string, string>> | null;

function difference(before: Row, after: Row, left: readonly string[]): Pick<RepairedTable, 'columns' | 'found'> {
  if (before === null || after === null)
    return { columns: [], found: before === after ? 'right' : before === null ? 'missing' : 'extra' };
  const columns = Object.keys(after).filter((name) => !left.includes(name) && before[name] !== after[name]);
  return { columns, found: columns.length === 0 ? 'right' : 'different' };
}
