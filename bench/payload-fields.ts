// node bench/payload-fields.ts [--postgresql] [--million]
// What a row of events of 500 bytes costs with indexes over payloads, on PGlite (CPU of this process) and PostgreSQL (CPU of its backend),
// and with --million, how long it takes in PostgreSQL to make one over so many rows, and to find by it.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { openEmbeddedReadDatabase } from '../src/adapters/postgres/open-embedded-read-database.ts';
import { openPostgresReadDatabase } from '../src/adapters/postgres/open-postgres-read-database.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { systemRandom } from '../src/adapters/system/random.ts';
import { type Database, readOnly } from '../src/projections/database.ts';
import { createPayloadIndexes } from '../src/projections/events/payload-indexes.ts';
import type { EventRow } from '../src/projections/events/project.ts';
import { listEvents } from '../src/projections/events/queries.ts';
import { writeEvents } from '../src/projections/events/write.ts';
import { namedIn } from '../src/projections/slots.ts';
import { createPostgres, findPostgres } from '../test/support/services/postgres.ts';
import { silentLogger } from '../test/support/worker/silent-logger.ts';
import { secondsOfFamily } from './cpu-of-threads.ts';

const [ROWS, STATEMENTS, ROUNDS] = [1_667, 12, 3];
const MILLION = 1_000_000;
const at = new Date().toISOString();
const items = Array.from({ length: 8 }, (_, index) => ({ sku: `SKU-${index}`, quantity: index, price: index * 1.5 }));
const payload = (n: number) =>
  JSON.stringify({ orderId: n, customer: { id: n % 50_000, tier: 'gold' }, total: n / 7, items });
let made = 0;
const newRow = (): EventRow => ({
  ...{ id: randomUUID(), idempotency_key: randomUUID(), client_id: 'bench', source: 'bench', type: 'bench.event' },
  ...{ status: 'PROCESSED', created_at: at, updated_at: at, processed_at: at, error_reason: null },
  ...{ failure_fingerprint: null, generation: 0, attempts: 1, next_attempt_at: null, ordering_key: null },
  ...{ trace_id: null, revision: '2', payload_text: payload(made++) },
});

const ways: Readonly<
  Record<string, { readonly fields: readonly string[]; readonly gin?: 'jsonb_path_ops' | 'jsonb_ops' }>
> = {
  'no index': { fields: [] },
  'one field': { fields: ['customer.id'] },
  'three fields': { fields: ['customer.id', 'orderId', 'total'] },
  'GIN jsonb_path_ops': { fields: [], gin: 'jsonb_path_ops' },
  'GIN jsonb_ops': { fields: [], gin: 'jsonb_ops' },
};
const never = new AbortController().signal;

async function costOfRows(name: string, db: Kysely<Database>, cpuSeconds: () => number): Promise<void> {
  const costs = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++)
    for (const [way, { fields, gin }] of Object.entries(ways)) {
      await sql`truncate events`.execute(db);
      await sql`drop index if exists events_gin`.execute(db);
      await createPayloadIndexes(db).keepOnly(fields, never);
      if (gin !== undefined)
        await sql`create index events_gin on events using gin (payload ${sql.raw(gin)})`.execute(db);
      let seconds = 0;
      for (let done = 0; done < STATEMENTS; done++) {
        const rows = Array.from({ length: ROWS }, newRow);
        const before = cpuSeconds();
        await db.transaction().execute((transaction) =>
          writeEvents(
            { transaction, named: namedIn(null) },
            rows.map((row) => ({ ...row })),
          ),
        );
        seconds += cpuSeconds() - before;
      }
      costs.set(way, [...(costs.get(way) ?? []), (seconds / (ROWS * STATEMENTS)) * 1e6]);
    }
  for (const [way, each] of costs)
    console.log(`${name}, ${way}: ${each.map((cost) => cost.toFixed(1)).join(', ')} µs for each row`);
  await sql`drop index if exists events_gin`.execute(db);
}

async function aMillion(name: string, db: Kysely<Database>): Promise<void> {
  await sql`truncate events`.execute(db);
  await createPayloadIndexes(db).keepOnly([], never);
  const customer = sql`i % 50000`;
  const text = sql`'{"orderId":' || i || ',"customer":{"id":' || ${customer} || '},"note":"' || repeat('x', 400) || '"}'`;
  await sql`
    insert into events
    select gen_random_uuid(), 'key-' || i, 'client', 'source', 'type', (${text})::jsonb, 'PROCESSED',
      timestamptz '2026-01-01' + i * interval '1 s', timestamptz '2026-01-01', null, null, null, 0, 0, null, null, null, 0, ${text}
    from generate_series(1, ${sql.lit(MILLION)}) as i`.execute(db);
  await sql`vacuum analyze events`.execute(db);
  const beganAt = performance.now();
  await createPayloadIndexes(db).keepOnly(['customer.id'], never);
  console.log(`${name}: ${((performance.now() - beganAt) / 1_000).toFixed(1)} s for the index over ${MILLION} rows`);
  const times: number[] = [];
  for (let ask = 0; ask < 20; ask++) {
    const askedAt = performance.now();
    const value = String(ask * 2_000);
    await listEvents(readOnly(db), { payload: [{ field: 'customer.id', value }] }, { limit: 50 });
    times.push(performance.now() - askedAt);
  }
  times.sort((one, other) => one - other);
  console.log(`${name}: a page by it takes ${times[10]?.toFixed(1)} ms, at most ${times[19]?.toFixed(1)} ms`);
  const { rows } = await sql<{ size: string }>`
    select pg_size_pretty(sum(pg_relation_size(indexrelid))) as size from pg_index
    where indexrelid::regclass::text like 'events_payload%'`.execute(db);
  console.log(`${name}: the index has ${rows[0]?.size}`);
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'eventops-bench-payload-fields-'));
const [ofEmbedded, folder] = [newFolder(), newFolder()];
const isShared = process.argv.includes('--postgresql');
const isLarge = process.argv.includes('--million');
try {
  const embedded = await openEmbeddedReadDatabase<Database>({
    folder: join(ofEmbedded, 'tables'),
    logger: silentLogger,
  });
  const ofThisProcess = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  if (!isShared) await costOfRows('PGlite', embedded.db, ofThisProcess);
  await embedded.close();
  const found = findPostgres();
  if (!found.found) throw new Error(found.why);
  const server = createPostgres({ folder, binaries: found.binaries, fsync: true });
  await server.start();
  const shared = await openPostgresReadDatabase<Database>({
    url: await server.createDatabase('payloads'),
    ...{ clock: systemClock, random: systemRandom, logger: silentLogger },
    verify: async () => {},
    limits: { connections: 1 },
  });
  try {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(shared.db);
    await costOfRows('PostgreSQL', shared.db, () => secondsOfFamily(rows[0]?.pid ?? 0));
    if (isLarge) await shared.forLong(async (long) => aMillion('PostgreSQL', long), never);
  } finally {
    await shared.close();
    await server.stop();
  }
} finally {
  for (const each of [ofEmbedded, folder]) rmSync(each, { recursive: true, force: true });
}
