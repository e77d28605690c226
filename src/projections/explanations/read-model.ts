import { sql } from 'kysely';
import { FAILURE_GROUP_STREAM_PREFIX } from '../../application/failure-groups/identity.ts';
import type { ReadModel } from '../read-model.ts';
import { createExplanationsIndexes, createExplanationsTables } from './create-tables.ts';
import { type ExplanationRow, explanationRowOf } from './project.ts';
import { columnTypes } from './table.ts';

const columns = sql.raw(Object.keys(columnTypes).join(', '));
const parameter = sql.raw(
  Object.entries(columnTypes)
    .map(([name, type]) => `${name} ${type}`)
    .join(', '),
);

/** What explains failures: it is in the log, so that filling the table again asks no one. */
export const explanations: ReadModel<ExplanationRow | null> = {
  name: 'explanations',
  version: 1,
  streamPrefixes: [FAILURE_GROUP_STREAM_PREFIX],
  types: ['FailureExplained'],
  tables: ['explanations'],
  createTables: createExplanationsTables,
  createIndexes: createExplanationsIndexes,
  decode: explanationRowOf,
  async write({ transaction, named }, decoded) {
    const rows = decoded.flatMap(({ transition }) => transition ?? []);
    if (rows.length > 0)
      await sql`
        insert into ${named('explanations')} (${columns})
        select ${columns} from json_to_recordset(${JSON.stringify(rows)}::json) as row (${parameter})
        on conflict (id) do nothing`.execute(transaction);
    return [];
  },
};
