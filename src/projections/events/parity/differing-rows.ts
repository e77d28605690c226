import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database.ts';
import type { EventRow } from '../project.ts';
import { columnTypes } from '../table.ts';

/** How the row of an event compares with what its history adds up to. */
export interface ComparedRow {
  readonly id: string;
  /** `later`: the event has moved on meanwhile, so the two cannot be compared. */
  readonly found: 'equal' | 'different' | 'missing' | 'later';
  /** That are not as they should be; never with their values. */
  readonly columns: readonly string[];
}

/** A payload comes as the text that it is; what the database made of it is compared with the row's own text. */
const expected = Object.keys(columnTypes).filter((name) => name !== 'payload');
const parameter = sql.raw(
  expected.map((name) => `${name} ${columnTypes[name as keyof typeof columnTypes]}`).join(', '),
);
const differences = sql.raw(
  [
    ...expected.map((name) => `case when events.${name} is distinct from expected.${name} then '${name}' end`),
    // Null where jsonb cannot hold the value.
    "case when events.payload is not null and events.payload::jsonb <> events.payload_text::jsonb then 'payload' end",
  ].join(', '),
);

/**
 * @param rows what they should be at the revisions that they had when they were looked at: `revisionOf`, without those that
 *   were missing. @throws {ReadDatabaseUnavailable}
 */
export async function compareRows(
  db: Kysely<Database>,
  rows: readonly EventRow[],
  revisionOf: ReadonlyMap<string, string>,
): Promise<readonly ComparedRow[]> {
  if (rows.length === 0) return [];
  const { rows: compared } = await sql<{ id: string; revision: string | null; columns: string[] }>`
    select expected.id, events.revision::text as revision,
      array_remove(array[${differences}], null) as columns
    from json_to_recordset(${JSON.stringify(rows)}::json) as expected (${parameter})
    left join events on events.id = expected.id`.execute(db);
  return compared.map(({ id, revision, columns }) => {
    if (revision === null) return { id, found: 'missing', columns: [] };
    if (revision !== revisionOf.get(id)) return { id, found: 'later', columns: [] };
    return { id, found: columns.length === 0 ? 'equal' : 'different', columns };
  });
}
