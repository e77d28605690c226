import { sql } from 'kysely';
import { actTypes } from '../../application/acts.ts';
import { aggregates } from '../../application/aggregates.ts';
import type { ReadModel } from '../read-model.ts';
import { createAccessRecordsIndexes, createAccessRecordsTables } from './create-tables.ts';
import { type AccessRecordRow, accessRecordOf } from './project.ts';
import { columnTypes } from './table.ts';

const names = Object.keys(columnTypes);
const columns = sql.raw(names.join(', '));
const parameter = sql.raw(
  Object.entries(columnTypes)
    .flatMap(([name, type]) => `${name} ${type}`)
    .join(', '),
);

/** One row for each act of an operator, whatever it was done to. A transition never changes, so neither does its row. */
export const accessRecords: ReadModel<AccessRecordRow | null> = {
  name: 'access-records',
  version: 1,
  streamPrefixes: aggregates.map(({ streamPrefix }) => streamPrefix),
  types: actTypes,
  tables: ['access_records'],
  createTables: createAccessRecordsTables,
  createIndexes: createAccessRecordsIndexes,
  // Acts are few, and each batch costs a transaction, whatever is in it.
  batching: { fullBatch: 5_000, intervalMs: 500 },
  decode: accessRecordOf,
  async write({ transaction, named }, decoded) {
    const rows = decoded.flatMap(({ transition }) => transition ?? []);
    if (rows.length > 0)
      await sql`
        insert into ${named('access_records')} (${columns})
        select ${columns} from json_to_recordset(${JSON.stringify(rows)}::json) as row (${parameter})
        on conflict (id) do nothing`.execute(transaction);
    return [];
  },
};
