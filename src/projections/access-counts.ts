import { type Kysely, sql } from 'kysely';
import type { AccessCount, AccessCountStore } from '../application/ports/access-counts.ts';
import type { AccessCountsTable, Database } from './database.ts';
import { storable } from './storable.ts';

const columnTypes = {
  id: 'uuid',
  first_at: 'timestamptz',
  last_at: 'timestamptz',
  act: 'text',
  code: 'text',
  route: 'text',
  principal: 'text',
  client_id: 'text',
  address: 'text',
  requests: 'bigint',
  payloads: 'bigint',
  first_request_id: 'text',
  last_request_id: 'text',
} as const satisfies Readonly<Record<keyof AccessCountsTable, string>>;
const columns = sql.raw(Object.keys(columnTypes).join(', '));
const parameter = sql.raw(
  Object.entries(columnTypes)
    .map(([name, type]) => `${name} ${type}`)
    .join(', '),
);

export const createAccessCountStore = (db: Kysely<Database>): AccessCountStore => ({
  async save(counts) {
    await sql`
      insert into access_counts (${columns})
      select ${columns} from json_to_recordset(${JSON.stringify(counts.map(rowOf))}::json) as row (${parameter})
      on conflict (id) do update set
        last_at = excluded.last_at, requests = excluded.requests, payloads = excluded.payloads,
        last_request_id = excluded.last_request_id
      where excluded.requests > access_counts.requests`.execute(db);
  },
  async deleteBefore(time, limit) {
    const { numAffectedRows = 0n } = await sql`
      delete from access_counts where id in (
        select id from access_counts where first_at < ${time}::timestamptz order by first_at, id limit ${limit}
      )`.execute(db);
    return Number(numAffectedRows);
  },
});

const textOf = (text: string | null) => text && storable(text);

const rowOf = (count: AccessCount) => ({
  ...{ id: count.id, act: count.act, code: count.code, route: count.route },
  ...{ first_at: count.firstAt, last_at: count.lastAt, requests: count.requests, payloads: count.payloads },
  ...{ first_request_id: count.firstRequestId, last_request_id: count.lastRequestId },
  ...{ principal: textOf(count.principal), client_id: textOf(count.clientId), address: textOf(count.address) },
});
