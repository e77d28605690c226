import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import type { ReadDatabase } from '../../../src/projections/database.ts';
import { type EventFilters, findEvent, listEvents } from '../../../src/projections/events/queries.ts';
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
    const through = (index: string) => ({ indexes: [index], isCostly: false });
    expect(await plan((rows) => findEvent(rows, deriveUuid('some')))).toEqual(through('events_pkey'));
    expect(await plan((rows) => listEvents(rows, {}, { limit: 50 }))).toEqual(through('events_by_age'));
    expect(await plan(page({}))).toEqual(through('events_by_age'));
    expect(await plan(page({ createdAfter: '2026-01-01T02:00:00.000Z' }))).toEqual(through('events_by_age'));
    expect(await plan(page({ status: 'DEAD' }))).toEqual(through('events_by_status'));
    expect(await plan(page({ failure: 'no-lines' }))).toEqual(through('events_by_failure'));
  });
});
