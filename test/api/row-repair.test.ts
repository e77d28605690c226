import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import { accessRecordOf } from '../../src/projections/access-records/project.ts';
import { columnTypes } from '../../src/projections/events/table.ts';
import { createRowRepair } from '../../src/projections/row-repair.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { falsified } from '../support/falsified-log.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const tables = readTablesOfThisFile();
const ofRepair = ['events', 'due_work', 'dead_events', 'undecided_failures'] as const;
const headers = { 'content-type': 'application/json' };

/** The API with an event that is a dead letter, and its rows as they should be. */
async function withDeadLetter(changed: (log: EventLog) => EventLog = (log) => log) {
  await tables.discard();
  const log = createInMemoryLog();
  const api = apiUnderTest({
    log: changed(log),
    readDatabase: tables.readDatabase,
    rowRepair: createRowRepair(tables.db()),
  });
  const { id } = (await api.post(order, {}, 'shop')).json();
  const life = eventLife(log, api.clock, id);
  await life.start();
  await life.failForGood();
  await tables.project(log);
  return {
    ...api,
    ...{ log, id, right: await tables.contentsOf(ofRepair) },
    repair: (as = 'operator', body: object = { reason: 'the audit of rows named it' }, of: string = id) =>
      api.call({ as, method: 'POST', url: `/v1/events/${of}/repair`, headers, payload: JSON.stringify(body) }),
    repairs: () => log.readStream(`row-repair-${id}`),
  };
}

/** One that is not the row's, of each column but the key and the revision. */
const wrongValues = {
  ...{ idempotency_key: "'x'", client_id: "'x'", source: "'x'", type: "'x'", payload: "'1'", payload_text: "'1'" },
  ...{ status: "'PENDING'", error_reason: "'x'", failure_fingerprint: "'x'", ordering_key: "'x'", trace_id: "'x'" },
  ...{ created_at: "'2020-01-01'", updated_at: "'2020-01-01'", processed_at: 'now()', next_attempt_at: 'now()' },
  ...{ generation: '9', attempts: '9' },
} as const;

const foundIn = (answer: { json(): { tables: { table: string; found: string; columns: string[] }[] } }) =>
  Object.fromEntries(answer.json().tables.map(({ table, found, columns }) => [table, [found, ...columns]]));
const allRight = { events: ['right'], due_work: ['right'], dead_events: ['right'], undecided_failures: ['right'] };

describe("the repair of an event's rows", () => {
  it('puts each column right that was changed, and names it', async () => {
    const { id, repair, right } = await withDeadLetter();
    expect(Object.keys(wrongValues).toSorted()).toEqual(
      Object.keys(columnTypes)
        .filter((name) => name !== 'id' && name !== 'revision')
        .toSorted(),
    );
    for (const [column, value] of Object.entries(wrongValues)) {
      await sql`update events set ${sql.raw(`${column} = ${value}`)} where id = ${id}`.execute(tables.db());
      const answer = await repair();
      expect([answer.statusCode, foundIn(answer)]).toEqual([200, { ...allRight, events: ['different', column] }]);
      expect(await tables.contentsOf(ofRepair)).toEqual(right);
    }
    expect(foundIn(await repair())).toEqual(allRight);
  });

  it('corrects rows that were set back, are missing or have no place there, in each read model', async () => {
    const { id, repair, right } = await withDeadLetter();
    await sql`update events set revision = 1, status = 'PROCESSING' where id = ${id}`.execute(tables.db());
    expect(foundIn(await repair())['events']).toEqual(expect.arrayContaining(['different', 'status', 'revision']));
    for (const table of ['events', 'dead_events']) await sql`delete from ${sql.id(table)}`.execute(tables.db());
    const isMissing = { ...allRight, events: ['missing'], dead_events: ['missing'] };
    expect(foundIn(await repair())).toEqual(isMissing);
    await sql`update dead_events set attempts = 7, class = 'x'`.execute(tables.db());
    expect(foundIn(await repair())['dead_events']).toEqual(['different', 'class', 'attempts']);
    await sql`
      insert into undecided_failures select event_id, class, error, fingerprint, group_id, 1 from dead_events;
      insert into due_work (id, kind, generation, attempts, revision, ask_at) select id, 'pending', 0, 0, 1, now() from events`.execute(
      tables.db(),
    );
    expect(foundIn(await repair())).toEqual({ ...allRight, due_work: ['extra'], undecided_failures: ['extra'] });
    expect(await tables.contentsOf(ofRepair)).toEqual(right);
  });

  it('is recorded with who asked for it, from where, why, and what was found, and changes no history of the event', async () => {
    const { id, repair, repairs, log } = await withDeadLetter();
    const before = await log.readStream(`event-${id}`);
    await sql`update events set source = 'x' where id = ${id}`.execute(tables.db());
    const { repairId } = (await repair()).json();
    const recorded = await repairs();
    expect(recorded.map(({ type, data }) => ({ type, ...JSON.parse(data) }))).toMatchObject([
      ...[{ type: 'RowRepairRequested', id: repairId, reason: 'the audit of rows named it' }],
      {
        type: 'RowRepaired',
        id: repairId,
        revision: 3,
        tables: [{ columns: ['source'], found: 'different' }, {}, {}, {}],
      },
    ]);
    const [first] = recorded;
    expect(first && accessRecordOf(first)).toMatchObject({
      ...{ act: 'RowRepairRequested', principal: 'operator-subject', address: '127.0.0.1' },
      reason: 'the audit of rows named it',
    });
    expect(await log.readStream(`event-${id}`)).toEqual(before);
  });

  it('strikes the event off the list of what was passed over', async () => {
    const { id, repair } = await withDeadLetter();
    await tables
      .db()
      .insertInto('projection_failures')
      .values({
        ...{ subscriber: 'projection:events', stream: `event-${id}`, revision: '0', type: 'T', reason: 'r' },
        ...{ transition_id: id, failed_at: '2026-01-01T00:00:00.000Z' },
      })
      .execute();
    await repair();
    expect(await tables.db().selectFrom('projection_failures').selectAll().execute()).toEqual([]);
  });

  it('never puts an older state in place of a newer one that a projector wrote meanwhile', async () => {
    let afterReading: (() => Promise<void>) | null = null;
    const { id, repair, log, call } = await withDeadLetter((inner) => ({
      ...inner,
      async readStream(stream, from) {
        const history = await inner.readStream(stream, from);
        if (stream.startsWith('event-') && afterReading !== null) {
          const meanwhile = afterReading;
          afterReading = null;
          await meanwhile();
        }
        return history;
      },
    }));
    afterReading = async () => {
      await call({ method: 'POST', url: `/v1/dead-letters/${id}/discard`, payload: { reason: 'too old' } });
      await tables.project(log);
    };
    const answer = await repair();
    expect(answer.json()).toMatchObject({ revision: 4 });
    const [row] = await tables.db().selectFrom('events').select(['status', 'revision']).execute();
    expect(row).toEqual({ status: 'DISCARDED', revision: '4' });
    expect(await tables.db().selectFrom('dead_events').selectAll().execute()).toEqual([]);
  });

  it('may come before the projector, which changes nothing then', async () => {
    const { id, repair, log, call } = await withDeadLetter();
    await call({ method: 'POST', url: `/v1/events/${id}/replay`, payload: { reason: 'fixed' } });
    expect(foundIn(await repair())).toMatchObject({ due_work: ['missing'], dead_events: ['extra'] });
    const repaired = await tables.contentsOf(['events', 'dead_events', 'undecided_failures']);
    await tables.project(log);
    expect(await tables.contentsOf(['events', 'dead_events', 'undecided_failures'])).toEqual(repaired);
  });

  it('leaves a row alone that is ahead of its history, and says what to do', async () => {
    const { id, repair } = await withDeadLetter();
    for (const [table, key] of [
      ['events', 'id'],
      ['dead_events', 'event_id'],
    ] as const) {
      await sql`update ${sql.id(table)} set revision = 99 where ${sql.id(key)} = ${id}`.execute(tables.db());
      await sql`update events set source = 'x' where id = ${id}`.execute(tables.db());
      const answer = await repair();
      expect(answer.json()).toMatchObject({
        code: 'row-ahead-of-history',
        status: 409,
        detail: expect.stringContaining('verify the log'),
      });
      const [row] = await tables.db().selectFrom('events').select('source').execute();
      expect(row).toEqual({ source: 'x' });
      await sql`update events set revision = 3 where id = ${id}`.execute(tables.db());
    }
  });

  it('is for operators and admins, needs a reason, an event and a history that holds', async () => {
    const { repair, repairs, id, log } = await withDeadLetter();
    for (const as of ['viewer', 'auditor', 'shop'])
      expect((await repair(as)).json()).toMatchObject({ code: 'permission-missing' });
    expect((await repair('operator', {})).json()).toMatchObject({ code: 'invalid-request' });
    for (const other of ['091e518e-cffb-86e7-867b-354763635bbd', 'x'])
      expect((await repair('operator', undefined, other)).json()).toMatchObject({ code: 'event-not-found' });
    const broken = apiUnderTest({
      log: falsified(log, (one) => ({ ...one, data: one.data.replace('{', '{ ') })),
      ...{ readDatabase: tables.readDatabase, rowRepair: createRowRepair(tables.db()) },
    });
    const request = { method: 'POST', url: `/v1/events/${id}/repair`, headers, payload: '{"reason":"r"}' } as const;
    expect((await broken.call(request)).json()).toMatchObject({ code: 'history-broken', status: 409 });
    const without = apiUnderTest({ log });
    expect((await without.call(request)).json()).toMatchObject({ code: 'read-database-unavailable', status: 503 });
    expect(await repairs()).toEqual([]);
  });
});
