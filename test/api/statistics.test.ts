import { beforeAll, describe, expect, it } from 'vitest';
import { ReadDatabaseUnavailable } from '../../src/application/failures.ts';
import { apiUnderTest, openApi, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
const start = '2030-01-01T00:00:00.000Z';

/** Two events were sent at the beginning; one was processed a minute later, and one became a dead letter. */
beforeAll(async () => {
  const { server, post, clock } = openApi({ log });
  const [one, other] = [await post({ ...order, type: 'order.paid' }), await post(order)];
  clock.advance(60_000);
  for (const [answer, end] of [
    [one, 'succeed'],
    [other, 'failForGood'],
  ] as const) {
    const life = eventLife(log, clock, answer.json().id);
    await life.start();
    await life[end]();
  }
  await tables.project(log);
  await server.close();
});

const asked = async (query = '', as = 'viewer', now = 90_000) => {
  const { call, clock } = apiUnderTest({ log, readDatabase: tables.readDatabase });
  clock.advance(now);
  return call({ url: `/v1/stats${query === '' ? '' : `?${query}`}`, as });
};

describe('statistics', () => {
  it('are those of the last hour by minute and type, unless something else is asked for', async () => {
    const answer = await asked();
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toMatchObject({
      ...{ by: 'type', bucket: '1m', since: '2029-12-31T23:02:00.000Z', until: '2030-01-01T00:02:00.000Z' },
      total: { counts: { received: 2, processed: 1, failed: 1, dead: 1 }, retryRate: 0, endToEnd: { count: 2 } },
    });
    expect(answer.json().groups).toMatchObject([
      {
        type: 'order.paid',
        endToEnd: { count: 1, p50Ms: expect.closeTo(60_000, -4) },
        points: [{ startedAt: start }, { startedAt: '2030-01-01T00:01:00.000Z', counts: { processed: 1 } }],
      },
      { type: 'order.placed', counts: { dead: 1 } },
    ]);
  });

  it('are grouped by kind of transition, or of failure', async () => {
    expect((await asked('by=status')).json().groups).toContainEqual({
      ...{ status: 'received', count: 2, points: [{ startedAt: start, count: 2 }] },
    });
    const byFailure = (await asked('by=failure&bucket=1d')).json();
    expect(byFailure).toMatchObject({ until: '2030-01-02T00:00:00.000Z', total: { counts: { received: 2 } } });
    expect(byFailure.groups).toMatchObject([{ class: 'TypeError', count: 1, points: [{ startedAt: start }] }]);
  });

  it('are of the buckets that their times are in', async () => {
    const { since, until, total } = (await asked(`since=2030-01-01T00:01:59Z&until=2030-01-01T00:02:00Z`)).json();
    expect([since, until]).toEqual(['2030-01-01T00:01:00.000Z', '2030-01-01T00:03:00.000Z']);
    expect(total.counts).toMatchObject({ received: 0, processed: 1 });
  });

  it.each([
    ['since=2029-12-31T21:00:00Z', '/query/since'],
    ['since=2030-01-01T01:00:00Z', '/query/since'],
    ['since=2030-01-01T00:01:00Z&until=2030-01-01T00:00:00Z', '/query/since'],
    ['since=yesterday', '/query/since'],
    ['until=0000-01-01T00:00:00Z', '/query/until'],
    ['by=client', '/query/by'],
    ['by=constructor', '/query/by'],
    ['bucket=5m', '/query/bucket'],
    ['bucket=1m&bucket=1h', '/query/bucket'],
    ['type=order.placed', '/query/type'],
  ])('are refused by name of the parameter: %s', async (query, pointer) => {
    expect((await asked(query)).json()).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ pointer }] });
  });

  it('have at most 180 buckets', async () => {
    expect((await asked('bucket=1h&since=2029-12-24T12:59:59Z')).statusCode).toBe(400);
    expect((await asked('bucket=1h&since=2029-12-24T13:00:00Z')).json().since).toBe('2029-12-24T13:00:00.000Z');
  });

  it('are not shown to clients who may only send events, because they are of all clients', async () => {
    expect((await asked('', 'shop')).json()).toMatchObject({ status: 403, permission: 'events:read' });
    expect((await asked('', 'reader')).statusCode).toBe(200);
  });

  it('are not shown while their rows are not those of this log, though events may be', async () => {
    const readDatabase = (name?: string) => {
      if (name === 'statistics') throw new ReadDatabaseUnavailable('they are of another log');
      return tables.readDatabase();
    };
    const { call } = apiUnderTest({ log, readDatabase });
    expect((await call({ url: '/v1/stats' })).json()).toMatchObject({ code: 'read-database-unavailable' });
    expect((await call({ url: '/v1/events' })).statusCode).toBe(200);
  });
});
