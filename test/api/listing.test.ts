import { beforeAll, describe, expect, it } from 'vitest';
import { eventIdOf } from '../../src/application/event-identity.ts';
import { handleCommand } from '../../src/application/handle-command.ts';
import { eventAggregate } from '../../src/domain/event/aggregate.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { manualClock } from '../support/api/manual-clock.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { claimOfStart, failProcessing, receiveEvent, startProcessing } from '../support/domain/commands.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
const start = Date.parse('2030-01-01T00:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();

/** 30 events, one each second except that 10 to 14 share one; every third is dead, the first 20 are the shop's. */
const seeded = Array.from({ length: 30 }, (_, index) => {
  const clientId = index < 20 ? 'shop' : 'other-shop';
  return {
    clientId,
    idempotencyKey: `key-${index}`,
    id: eventIdOf(clientId, `key-${index}`),
    type: index % 2 === 0 ? 'order.placed' : 'order.paid',
    source: index % 5 === 0 ? 'eu' : 'us',
    receivedAfterS: index >= 10 && index < 15 ? 10 : index,
    isDead: index % 3 === 0,
  };
});

beforeAll(async () => {
  const actor = { kind: 'process', process: 'seed' } as const;
  const random = { uuid: () => crypto.randomUUID(), fraction: () => 0 };
  for (const { clientId, idempotencyKey, id, type, source, receivedAfterS, isDead } of seeded) {
    const clock = manualClock(start + receivedAfterS * 1_000);
    const received = receiveEvent({ clientId, idempotencyKey, type, source, payload: '{"n": 12345678901234567890}' });
    await handleCommand(eventAggregate, { log, clock, random }, { id, command: received, context: { actor } });
    if (!isDead) continue;
    const failure = { ...failProcessing().failure, retryable: false, fingerprint: `kind-${type}` };
    for (const command of [startProcessing(), failProcessing({ claim: claimOfStart, failure })])
      await handleCommand(eventAggregate, { log, clock, random }, { id, command, context: { actor } });
  }
  await tables.project(log);
});

const api = () => apiUnderTest({ log, readDatabase: tables.readDatabase });
const newestFirst = [...seeded].sort(
  (one, other) => other.receivedAfterS - one.receivedAfterS || (one.id < other.id ? 1 : -1),
);
const idsOf = (answer: { json(): { items: { id: string }[] } }) => answer.json().items.map(({ id }) => id);

/** The ids of all pages. */
async function walk(call: ReturnType<typeof apiUnderTest>['call'], url: string, as = 'viewer') {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await call({ url: cursor === '' ? url : `${url}&cursor=${cursor}`, as });
    expect(answer.statusCode).toBe(200);
    ids.push(...idsOf(answer));
    cursor = answer.json().nextCursor;
  }
  return ids;
}

describe('a list', () => {
  it('has the newest event first, each as it is alone', async () => {
    const { call } = api();
    const answer = await call({ url: '/v1/events?limit=1' });
    const [newest] = newestFirst;
    expect(answer.json().items).toEqual([(await call({ url: `/v1/events/${newest?.id}` })).json()]);
    expect(answer.body).toContain('"payload":{"n": 12345678901234567890}');
  });

  it.each([1, 3, 7, 29, 30, 31, 200])('in pages of %i holds every event once', async (limit) => {
    expect(await walk(api().call, `/v1/events?limit=${limit}`)).toEqual(newestFirst.map(({ id }) => id));
  });

  it('ends with no cursor', async () => {
    expect((await api().call({ url: '/v1/events?limit=30' })).json().nextCursor).toBeNull();
    expect((await api().call({ url: '/v1/events?type=nothing' })).json()).toEqual({ items: [], nextCursor: null });
  });

  it.each<[string, (event: (typeof seeded)[number]) => boolean]>([
    ['status=DEAD', ({ isDead }) => isDead],
    ['status=RECEIVED', ({ isDead }) => !isDead],
    ['status=PROCESSED', () => false],
    ['type=order.paid', ({ type }) => type === 'order.paid'],
    ['source=eu', ({ source }) => source === 'eu'],
    [`createdAfter=${at(10)}`, ({ receivedAfterS }) => receivedAfterS > 10],
    [`createdBefore=${at(10)}`, ({ receivedAfterS }) => receivedAfterS < 10],
    ['createdBefore=2030-01-01T01:00:10%2B01:00', ({ receivedAfterS }) => receivedAfterS < 10],
    ['failure=kind-order.paid', ({ type, isDead }) => isDead && type === 'order.paid'],
    [
      `status=DEAD&type=order.placed&source=us&createdAfter=${at(3)}&createdBefore=${at(25)}`,
      ({ isDead, type, source, receivedAfterS }) =>
        isDead && type === 'order.placed' && source === 'us' && receivedAfterS > 3 && receivedAfterS < 25,
    ],
  ])('holds what its filters let through: %s', async (query, fits) => {
    expect(await walk(api().call, `/v1/events?limit=4&${query}`)).toEqual(newestFirst.filter(fits).map(({ id }) => id));
  });

  it('of dead letters is the list of dead events', async () => {
    const { call } = api();
    const dead = newestFirst.filter(({ isDead }) => isDead).map(({ id }) => id);
    expect((await walk(call, '/v1/dead-letters?limit=4')).toSorted()).toEqual(dead.toSorted());
    expect((await call({ url: '/v1/dead-letters?status=DEAD' })).statusCode).toBe(400);
  });

  it('holds its own events alone for a client that only writes', async () => {
    const { call } = api();
    const own = newestFirst.filter(({ clientId }) => clientId === 'other-shop').map(({ id }) => id);
    expect(await walk(call, '/v1/events?limit=3', 'other-shop')).toEqual(own);
    expect((await walk(call, '/v1/dead-letters?limit=3', 'other-shop')).toSorted()).toEqual(
      own.filter((id) => seeded.some((event) => event.id === id && event.isDead)).toSorted(),
    );
  });

  it.each([
    ['limit=0', '/query/limit'],
    ['limit=201', '/query/limit'],
    ['limit=-1', '/query/limit'],
    ['limit=1.5', '/query/limit'],
    ['limit=1e1', '/query/limit'],
    ['limit=0x10', '/query/limit'],
    ['limit=1e309', '/query/limit'],
    ['limit=%2010', '/query/limit'],
    ['limit=', '/query/limit'],
    ['limit=1&limit=2', '/query/limit'],
    ['status=dead', '/query/status'],
    ['status=DEAD&status=DEAD', '/query/status'],
    ["type='%20or%201=1;--", '/query/type'],
    ['source=%20', '/query/source'],
    ['failure=%00', '/query/failure'],
    ['failure=', '/query/failure'],
    ['createdAfter=yesterday', '/query/createdAfter'],
    ['createdAfter=2030-02-30T00:00:00Z', '/query/createdAfter'],
    ['createdAfter=2030-01-01', '/query/createdAfter'],
    ['createdBefore=0000-01-01T00:00:00Z', '/query/createdBefore'],
    ['createdBefore=9999-12-31T23:59:59-23:59', '/query/createdBefore'],
    ['sort=payload', '/query/sort'],
    ['constructor=1', '/query/constructor'],
  ])('is refused by name of the parameter: %s', async (query, pointer) => {
    const answer = await api().call({ url: `/v1/events?${query}` });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ pointer }] });
  });
});

describe('a cursor', () => {
  it.each([
    ['with other filters', 'status=DEAD', 'admin'],
    ['by another client', '', 'viewer'],
  ])('is refused %s', async (_how, query, as) => {
    const { call } = api();
    const cursor = (await call({ url: '/v1/events?limit=2' })).json().nextCursor;
    const answer = await call({ url: `/v1/events?limit=2&cursor=${cursor}&${query}`, as });
    expect(answer.json()).toMatchObject({ status: 400, code: 'cursor-refused' });
  });

  it('goes on with another limit', async () => {
    const { call } = api();
    const cursor = (await call({ url: '/v1/events?limit=2' })).json().nextCursor;
    const answer = await call({ url: `/v1/events?limit=3&cursor=${cursor}` });
    expect(idsOf(answer)).toEqual(newestFirst.slice(2, 5).map(({ id }) => id));
  });

  it.each(['', 'x', 'AAAA', '%27;--', '..%2f', 'W10', 'x'.repeat(1_001)])('is refused made up: %j', async (cursor) => {
    const answer = await api().call({ url: `/v1/events?cursor=${cursor}` });
    expect(answer.statusCode).toBe(400);
  });
});

describe('an event that has a row', () => {
  it('is read from it as long as it is new enough', async () => {
    const unread = { ...log, readStream: () => Promise.reject(new Error('the log was asked')) };
    const { call } = apiUnderTest({ log: unread, readDatabase: tables.readDatabase });
    const [dead] = seeded;
    expect((await call({ url: `/v1/events/${dead?.id}` })).json()).toMatchObject({ status: 'DEAD', revision: 3 });
    expect((await call({ url: `/v1/events/${dead?.id}?minRevision=3` })).statusCode).toBe(200);
    expect((await call({ url: `/v1/events/${dead?.id}?minRevision=4` })).statusCode).toBe(500);
  });

  it('is read from its history when the row is older than asked for', async () => {
    const event = seeded[1];
    await eventLife(log, manualClock(), `${event?.id}`).start();
    const { call } = api();
    const url = `/v1/events/${event?.id}`;
    expect((await call({ url })).json()).toMatchObject({ status: 'RECEIVED', revision: 0 });
    expect((await call({ url: `${url}?minRevision=1` })).json()).toMatchObject({ status: 'PROCESSING', revision: 1 });
    expect((await call({ url: `${url}?minRevision=99` })).json()).toMatchObject({ revision: 1 });
  });
});

describe('an event that was replayed a moment ago', () => {
  it('is waited for as its history has it, however far its row is behind', async () => {
    const { call } = api();
    const url = `/v1/events/${seeded[3]?.id}`;
    await call({ method: 'POST', url: `${url}/replay`, payload: { reason: 'fixed' } });
    expect((await call({ url })).json().status).toBe('DEAD');
    expect((await call({ url: `${url}?waitFor=RECEIVED` })).json()).toMatchObject({ status: 'RECEIVED', revision: 4 });
  });
});

describe('a read database that is away', () => {
  it('makes lists unavailable, and events not', async () => {
    const { call } = apiUnderTest({ log });
    expect((await call({ url: '/v1/events' })).json()).toMatchObject({
      status: 503,
      code: 'read-database-unavailable',
    });
    expect((await call({ url: `/v1/events/${seeded[0]?.id}` })).statusCode).toBe(200);
  });
});
