// node bench/rows.ts
// What a row of events of 500 bytes costs, by how the rows of one statement are carried: CPU of PostgreSQL's backend, and time to put
// the statement's parameters together.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { arrayParameter } from '../src/projections/array-parameter.ts';
import { columnTypes } from '../src/projections/events/table.ts';
import { createPostgres, findPostgres } from '../test/support/services/postgres.ts';
import { secondsOfFamily } from './cpu-of-threads.ts';
import { event } from './load.ts';

const [ROWS, STATEMENTS] = [1_667, 24];
type Row = Readonly<Record<string, string | number | null>>;

const names = Object.keys(columnTypes) as (keyof typeof columnTypes)[];
const given = names.filter((name) => name !== 'payload');
const selected = names.map((name) => (name === 'payload' ? 'payload_text::jsonb' : name)).join(', ');
const insert = (from: string) => `
  insert into events as events (${names.join(', ')}) select ${selected} from ${from}
  on conflict (id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
    where excluded.revision > events.revision`;

const at = new Date().toISOString();
const newRow = (): Row => ({
  ...{ id: randomUUID(), idempotency_key: randomUUID(), client_id: 'bench', source: 'bench', type: 'bench.event' },
  ...{ status: 'PROCESSED', created_at: at, updated_at: at, processed_at: at, error_reason: null },
  ...{ failure_fingerprint: null, generation: 0, attempts: 1, next_attempt_at: null, ordering_key: null },
  ...{ trace_id: null, revision: '2', payload_text: JSON.stringify(JSON.parse(event('bench')).payload) },
});

const element = (value: string | number | null | undefined): string => {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : String(value);
};

const ways: Readonly<Record<string, (rows: readonly Row[]) => readonly [string, readonly unknown[]]>> = {
  'one parameter of JSON': (rows) => [
    insert(`json_to_recordset($1::json) as row (${given.map((name) => `${name} ${columnTypes[name]}`).join(', ')})`),
    [JSON.stringify(rows)],
  ],
  'an array for each column, as text': (rows) => [
    insert(
      `unnest(${given.map((name, index) => `$${index + 1}::${columnTypes[name]}[]`).join(', ')}) as row (${given.join(', ')})`,
    ),
    given.map((name) => `{${rows.map((row) => element(row[name])).join(',')}}`),
  ],
  'an array for each column, in binary form': (rows) => [
    insert(
      `unnest(${given.map((name, index) => `$${index + 1}::${columnTypes[name]}[]`).join(', ')}) as row (${given.join(', ')})`,
    ),
    given.map(
      (name) =>
        arrayParameter(
          columnTypes[name],
          rows.map((row) => row[name]),
        ).bytes,
    ),
  ],
};

const found = findPostgres();
if (!found.found) throw new Error(found.why);
const folder = mkdtempSync(join(tmpdir(), 'eventops-bench-rows-'));
const server = createPostgres({ folder, binaries: found.binaries, fsync: true });
await server.start();
try {
  const client = new pg.Client({ connectionString: await server.createDatabase('rows') });
  await client.connect();
  const { rows: sessions } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = sessions[0]?.pid ?? 0;
  for (const [name, statement] of [...Object.entries(ways).slice(0, 1), ...Object.entries(ways)]) {
    await client.query('drop table if exists events');
    const columns = names.map((column) => `${column} ${columnTypes[column]}`).join(', ');
    await client.query(`create table events (${columns}, primary key (id))`);
    const before = secondsOfFamily(pid);
    let composing = 0;
    for (let done = 0; done < STATEMENTS; done++) {
      const rows = Array.from({ length: ROWS }, newRow);
      const beganAt = performance.now();
      const [text, values] = statement(rows);
      composing += performance.now() - beganAt;
      await client.query(text, [...values]);
    }
    const microseconds = ((secondsOfFamily(pid) - before) / (ROWS * STATEMENTS)) * 1e6;
    const here = (composing / (ROWS * STATEMENTS)) * 1e3;
    console.log(`${name}: ${microseconds.toFixed(1)} µs in PostgreSQL, ${here.toFixed(1)} µs here, for each row`);
  }
  await client.end();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
