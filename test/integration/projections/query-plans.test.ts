import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import { type AccessFilters, listAccessRecords } from '../../../src/projections/access-records/queries.ts';
import { accessRecords } from '../../../src/projections/access-records/read-model.ts';
import { type ReadDatabase, readOnly } from '../../../src/projections/database.ts';
import { listDeadLetters } from '../../../src/projections/dead-letters/queries.ts';
import { deadLetters } from '../../../src/projections/dead-letters/read-model.ts';
import { createPayloadIndexes } from '../../../src/projections/events/payload-indexes.ts';
import { type EventFilters, findEvent, listEvents } from '../../../src/projections/events/queries.ts';
import { payloadIndexOf } from '../../../src/projections/payload-fields.ts';
import { createProjectionStore } from '../../../src/projections/projection-store.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { planOf } from '../../support/read-database/query-plans.ts';

const db = readTablesOfThisFile();

/** One dead letter and one event that waits, in every five hundred. */
const fill = sql`
  insert into events
  select gen_random_uuid(), 'key-' || i, 'client', 'source', 'type', '{}',
    case i % 500 when 0 then 'DEAD' when 1 then 'RECEIVED' else 'PROCESSED' end,
    timestamptz '2026-01-01' + i * interval '1 s', timestamptz '2026-01-01', null, null,
    case i % 500 when 0 then 'no-lines' end, 0, 0, null, null, null, 0, '{}'
  from generate_series(1, 20000) as i`;

const after = { createdAt: '2026-01-01T03:00:00.000Z', id: deriveUuid('some') };
const page = (filters: EventFilters) => (rows: ReadDatabase) => listEvents(rows, filters, { limit: 50, after });

describe('over twenty thousand events', () => {
  beforeEach(async () => {
    await fill.execute(db());
    await sql`analyze events`.execute(db());
  });

  it('answers every common query from an index, without sorting them all', async () => {
    const plan = (ask: (rows: ReadDatabase) => Promise<unknown>) => planOf(db(), ask);
    const through = (index: string) => ({ indexes: [index], isCostly: false, wholeTables: [] });
    expect(await plan((rows) => findEvent(rows, deriveUuid('some')))).toEqual(through('events_pkey'));
    expect(await plan((rows) => listEvents(rows, {}, { limit: 50 }))).toEqual(through('events_by_age'));
    expect(await plan(page({}))).toEqual(through('events_by_age'));
    expect(await plan(page({ createdAfter: '2026-01-01T02:00:00.000Z' }))).toEqual(through('events_by_age'));
    expect(await plan(page({ status: 'DEAD' }))).toEqual(through('events_by_status'));
    expect(await plan(page({ failure: 'no-lines' }))).toEqual(through('events_by_failure'));
  });
});

/** A fifth of them are of one act, the others of another, and a third by one of two principals; a third principal has one in every five hundred. */
const columnsOfRecords = (one: string, other: string) => sql`
  gen_random_uuid(), timestamptz '2026-01-01' + i * interval '1 s', case when i % 5 = 0 then ${one} else ${other} end,
  case when i % 500 = 1 then 'rare' when i % 3 = 0 then 'ada' else 'bob' end`;
const fillRecords = [
  sql`
    insert into access_records (id, at, act, principal, stream, revision, transition_id)
    select ${columnsOfRecords('EventDiscarded', 'ReplayRequested')}, 'event-1', 0, gen_random_uuid()
    from generate_series(1, 20000) as i`,
  sql`
    insert into access_counts
      (id, first_at, act, principal, last_at, requests, payloads, first_request_id, last_request_id)
    select ${columnsOfRecords('PayloadsRead', 'AccessRefused')}, timestamptz '2026-01-01', 1, 1, '', ''
    from generate_series(1, 20000) as i`,
];

describe('over twenty thousand payloads', () => {
  const rare = [{ field: 'customer.id', value: '17' }];
  const frequent = [{ field: 'tier', value: '"gold"' }];
  const through = payloadIndexOf('customer.id');
  /** Each customer has ten, and every second one is gold. */
  const give = sql`
    update events set payload = jsonb_build_object(
      'customer', jsonb_build_object('id', substr(idempotency_key, 5)::int % 2000),
      'tier', case substr(idempotency_key, 5)::int % 2 when 0 then 'gold' else 'silver' end)`;

  it('finds a rare value through the index of its field, and a frequent one without sorting all that have it', async () => {
    await fill.execute(db());
    await give.execute(db());
    await createPayloadIndexes(db()).keepOnly(['customer.id', 'tier'], new AbortController().signal);
    await sql`analyze events`.execute(db());
    const plan = (ask: (rows: ReadDatabase) => Promise<unknown>) => planOf(db(), ask);
    for (const filters of [{ payload: rare }, { payload: rare, type: 'type' }, { payload: [...frequent, ...rare] }]) {
      const { indexes, wholeTables } = await plan(page(filters));
      expect({ indexes, wholeTables }).toEqual({ indexes: [through], wholeTables: [] });
    }
    expect(await plan(page({ payload: frequent }))).toMatchObject({ isCostly: false });
    const { items } = await listEvents(readOnly(db()), { payload: rare }, { limit: 50 });
    expect(items.map(({ idempotencyKey }) => Number(idempotencyKey.slice(4)) % 2_000)).toEqual(Array(10).fill(17));
    await createProjectionStore(db(), deadLetters).load();
    const ofDead = await plan((rows) => listDeadLetters(rows, { filters: { payload: rare } }, { limit: 50 }));
    expect(ofDead.wholeTables).not.toContain('events');
  });
});

describe('over twenty thousand acts and as many counts', () => {
  const place = { at: after.createdAt, id: after.id };
  const ways: readonly (readonly [AccessFilters, object, readonly string[]])[] = [
    [{}, { after: place }, ['access_records_by_age', 'access_counts_by_age']],
    [
      { since: '2026-01-01T02:00:00.000Z', until: '2026-01-01T03:00:00.000Z' },
      { after: place },
      ['access_records_by_age', 'access_counts_by_age'],
    ],
    [{ principal: 'rare' }, { after: place }, ['access_records_by_principal', 'access_counts_by_principal']],
    [{ act: 'EventDiscarded' }, {}, ['access_records_by_act']],
    [{ act: 'PayloadsRead' }, {}, ['access_counts_by_act']],
    [{ act: 'EventDiscarded', principal: 'ada' }, {}, ['access_records_by_principal_and_act']],
    [{ act: 'PayloadsRead', principal: 'ada' }, {}, ['access_counts_by_principal_and_act']],
  ];

  it('are listed from the ends of indexes, with each filter', async () => {
    await createProjectionStore(db(), accessRecords).load();
    for (const each of fillRecords) await each.execute(db());
    for (const table of ['access_records', 'access_counts']) await sql`analyze ${sql.id(table)}`.execute(db());
    for (const [filters, from, expected] of ways) {
      const { indexes } = await planOf(db(), (rows) => listAccessRecords(rows, filters, { limit: 50, ...from }));
      expect(indexes, JSON.stringify(filters)).toEqual(expected);
    }
  });
});
