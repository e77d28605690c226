import { sql } from 'kysely';
import { arrayParameter, type Value } from '../array-parameter.ts';
import type { SlotTransaction, WriteOptions } from '../read-model.ts';
import { type EventChanges, type EventRow, isWholeRow } from './project.ts';
import { columnTypes } from './table.ts';

/**
 * Brings the rows up to `changes` in at most two statements. Rows that contain as much already are left alone.
 * @returns the ids of events whose row is missing; of a whole history, of those whose row is ahead of it.
 */
export async function writeEvents(
  to: SlotTransaction,
  changes: readonly EventChanges[],
  { isTextOnly = false, isWholeHistory = false }: WriteOptions = {},
): Promise<readonly string[]> {
  const rows = changes.filter(isWholeRow);
  const others = changes.filter((one) => !isWholeRow(one));
  const payload = isTextOnly ? 'null' : 'payload_text::jsonb';
  const inserted = rows.length === 0 ? 0 : await insertRows(to, rows, { payload, isWholeHistory });
  if (isWholeHistory) return inserted === changes.length ? [] : changes.map(({ id }) => id);
  const updated = others.length === 0 ? 0 : await updateRows(to, others);
  return updated === others.length ? [] : missingOf(to, others);
}

const columns = Object.keys(columnTypes) as (keyof typeof columnTypes)[];
const allNames = sql.raw(columns.join(', '));
/** A payload comes once, as the text that it is. */
const given = columns.filter((name) => name !== 'payload');
const selected = (payload: string) => sql.raw(columns.map((name) => (name === 'payload' ? payload : name)).join(', '));

const excluded = sql.raw(columns.map((name) => `${name} = excluded.${name}`).join(', '));

/** One parameter for each column carries all rows: what that costs, and other ways, `node bench/rows.ts` shows. */
async function insertRows(
  { transaction, named }: SlotTransaction,
  rows: readonly EventRow[],
  { payload, isWholeHistory }: { readonly payload: 'payload_text::jsonb' | 'null'; readonly isWholeHistory: boolean },
): Promise<number> {
  const isLater = sql.raw(isWholeHistory ? '>=' : '>');
  const { numAffectedRows = 0n } = await sql`
    insert into ${named('events')} as events (${allNames})
    select ${selected(payload)} from ${rowsOf(rows, given, columnTypes)} as row
    on conflict (id) do update set ${excluded} where excluded.revision ${isLater} events.revision`.execute(transaction);
  return Number(numAffectedRows);
}

async function updateRows({ transaction, named }: SlotTransaction, changes: readonly EventChanges[]): Promise<number> {
  const told = changes.map((one) => ({ ...one, tells_error: one.error_reason !== undefined }));
  const names = Object.keys(changeTypes) as (keyof typeof changeTypes)[];
  const { numAffectedRows = 0n } = await sql`
    update ${named('events')} as events set
      status = change.status,
      updated_at = change.updated_at,
      processed_at = change.processed_at,
      next_attempt_at = change.next_attempt_at,
      revision = change.revision,
      generation = coalesce(change.generation, events.generation),
      attempts = coalesce(change.attempts, events.attempts),
      error_reason = case when tells_error then change.error_reason else events.error_reason end,
      failure_fingerprint = case when tells_error then change.failure_fingerprint else events.failure_fingerprint end
    from ${rowsOf(told, names, changeTypes)} as change
    where events.id = change.id and change.revision > events.revision`.execute(transaction);
  return Number(numAffectedRows);
}

/** What a transition may change in a row that is there. */
const changeTypes = {
  ...{ id: 'uuid', status: 'text', updated_at: 'timestamptz', processed_at: 'timestamptz' },
  ...{ next_attempt_at: 'timestamptz', revision: 'bigint', generation: 'integer', attempts: 'integer' },
  ...{ error_reason: 'text', failure_fingerprint: 'text', tells_error: 'boolean' },
} as const;

/** The rows, each of the columns as one parameter. */
const rowsOf = <Name extends string>(
  rows: readonly Readonly<Partial<Record<Name, Value>>>[],
  named: readonly Name[],
  types: Readonly<Record<Name, string>>,
) => {
  const parameters = named.map((name) =>
    arrayParameter(
      types[name],
      rows.map((row) => row[name]),
    ),
  );
  const names = sql.raw(named.join(', '));
  // Nothing is done where it has the type already.
  const typed = sql.raw(named.map((name) => `${name}::${types[name]}`).join(', '));
  const arrays = sql.join(parameters.map(({ type, bytes }) => sql`${bytes}::${sql.raw(type)}[]`));
  return sql`(select ${typed} from unnest(${arrays}) as given (${names}))`;
};

/** Of these events, those that have no row. */
async function missingOf({ transaction, named }: SlotTransaction, changes: readonly EventChanges[]) {
  const ids = changes.map(({ id }) => id);
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${ids}::uuid[]) as given (id)
    where not exists (select from ${named('events')} as events where events.id = given.id)`.execute(transaction);
  return rows.map(({ id }) => id);
}
