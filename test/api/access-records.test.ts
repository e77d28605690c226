import { beforeAll, describe, expect, it } from 'vitest';
import { deriveUuid, eventIdOf } from '../../src/application/event-identity.ts';
import { handleCommand } from '../../src/application/handle-command.ts';
import type { AccessCount } from '../../src/application/ports/access-counts.ts';
import { eventAggregate } from '../../src/domain/event/aggregate.ts';
import type { EventCommand } from '../../src/domain/event/commands.ts';
import { createAccessCountStore } from '../../src/projections/access-counts.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { manualClock } from '../support/api/manual-clock.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { claimOfStart, failProcessing, receiveEvent, startProcessing } from '../support/domain/commands.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
const start = Date.parse('2030-01-01T00:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();
const random = { uuid: () => crypto.randomUUID(), fraction: () => 0 };

interface Seeded {
  readonly act: string;
  readonly principal: string | null;
  readonly afterS: number;
}

/** 24 acts, one each second except that 10 to 13 share one: every third a discard, every second by ada. */
const acts: readonly Seeded[] = Array.from({ length: 24 }, (_, index) => ({
  act: index % 3 === 0 ? 'EventDiscarded' : 'ReplayRequested',
  principal: index % 2 === 0 ? 'ada' : 'bob',
  afterS: index >= 10 && index < 14 ? 10 : index,
}));

/** And twelve counts among them, the first at the moment of an act. */
const counts: readonly (Seeded & AccessCount)[] = Array.from({ length: 12 }, (_, index) => {
  const isRefused = index % 2 === 0;
  const principal = index % 4 === 0 ? null : 'ada';
  const afterS = index * 2;
  return {
    ...{ act: isRefused ? 'AccessRefused' : 'PayloadsRead', principal, afterS, clientId: principal && 'console' },
    ...{ code: isRefused ? (principal === null ? 'unauthenticated' : 'permission-missing') : null },
    ...{ id: deriveUuid('count', `${index}`), route: 'GET /v1/events', address: '192.0.2.7' },
    ...{ requests: index + 1, payloads: isRefused ? 0 : 50, firstAt: at(afterS), lastAt: at(afterS + 60) },
    ...{ firstRequestId: deriveUuid('first'), lastRequestId: deriveUuid('last') },
  } as const;
});

async function seed({ act, principal, afterS }: Seeded, index: number): Promise<void> {
  const clock = manualClock(start + afterS * 1_000);
  const id = eventIdOf('shop', `key-${index}`);
  const worker = { actor: { kind: 'process', process: 'seed' } } as const;
  const given = (command: EventCommand, context: typeof worker | typeof person) =>
    handleCommand(eventAggregate, { log, clock, random }, { id, command, context });
  const person = {
    actor: { clientId: 'console', kind: 'principal', roles: ['admin'], subject: `${principal}`, tokenId: null },
    address: '2001:db8::17',
    requestId: deriveUuid('request', `${index}`),
  } as const;
  const failure = { ...failProcessing().failure, retryable: false };
  for (const command of [receiveEvent({ idempotencyKey: `key-${index}` }), startProcessing()])
    await given(command, worker);
  await given(failProcessing({ claim: claimOfStart, failure }), worker);
  const asked = { reason: `because ${index}`, requestedBy: `${principal}` };
  await given(
    act === 'EventDiscarded'
      ? { kind: 'DiscardEvent', ...asked }
      : { kind: 'ReplayEvent', permission: 'safe', ...asked },
    person,
  );
}

beforeAll(async () => {
  for (const [index, each] of acts.entries()) await seed(each, index);
  await tables.project(log);
  const store = createAccessCountStore(tables.db());
  await store.save(counts);
});

const api = () => apiUnderTest({ log, readDatabase: tables.readDatabase });
type Item = Readonly<Record<string, unknown>> & { readonly id: string; readonly act: string; readonly at: string };
const seenAs = ({ act, principal, at: moment }: Item) => ({ act, principal, at: moment });
const expected = (fits: (each: Seeded) => boolean) =>
  [...acts, ...counts].filter(fits).map(({ act, principal, afterS }) => ({ act, principal, at: at(afterS) }));
const inOrder = (items: readonly object[]) => items.map((each) => JSON.stringify(each)).sort();

/** All pages, one after the other. */
async function walk(query: string, as = 'auditor'): Promise<readonly Item[]> {
  const { call } = api();
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await call({ url: `/v1/access-records?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`, as });
    expect(answer.statusCode, answer.body).toBe(200);
    items.push(...answer.json().items);
    cursor = answer.json().nextCursor;
  }
  return items;
}

describe('the list of access records', () => {
  it('shows an act with who, what, when, why, from where, by which request, and the transition that it is', async () => {
    const { call } = api();
    const [newest] = await walk('principal=bob&limit=1&since=' + at(23));
    const [recorded] = log.all.filter(({ type }) => type === 'ReplayRequested').slice(-1);
    expect(newest).toEqual({
      id: expect.any(String),
      act: 'ReplayRequested',
      at: at(23),
      principal: 'bob',
      clientId: 'console',
      address: '2001:db8::17',
      requestId: deriveUuid('request', '23'),
      transition: { stream: recorded?.stream, revision: 4, id: recorded?.id, reason: 'because 23' },
      count: null,
    });
    const history = await call({ url: `/v1/events/${recorded?.stream.slice('event-'.length)}/history`, as: 'auditor' });
    expect(history.json().items[4]).toMatchObject({ id: recorded?.id, address: '2001:db8::17' });
  });

  it('shows what is counted with how many there were, and until when', async () => {
    const [newest] = await walk('act=PayloadsRead&limit=1');
    expect(newest).toMatchObject({
      ...{ act: 'PayloadsRead', principal: 'ada', address: '192.0.2.7', transition: null },
      count: { requests: 12, payloads: 50, route: 'GET /v1/events', code: null, lastAt: at(82) },
    });
  });

  it.each([1, 2, 3, 7, 35, 36, 37, 200])('in pages of %i holds every record once, the newest first', async (limit) => {
    const items = await walk(`limit=${limit}`);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(inOrder(items.map(seenAs))).toEqual(inOrder(expected(() => true)));
    const order = items.map((each) => `${each.at} ${each.id}`);
    expect(order).toEqual([...order].sort().toReversed());
  });

  it.each<[string, (each: Seeded) => boolean]>([
    ['principal=ada', ({ principal }) => principal === 'ada'],
    ['principal=bob', ({ principal }) => principal === 'bob'],
    ['principal=ad', () => false],
    ['principal=ADA', () => false],
    ['principal=%27%20or%201%3D1%3B--', () => false],
    ['act=EventDiscarded', ({ act }) => act === 'EventDiscarded'],
    ['act=AccessRefused', ({ act }) => act === 'AccessRefused'],
    ['act=PayloadsRead&principal=ada', ({ act }) => act === 'PayloadsRead'],
    ['act=AccessRefused&principal=ada', ({ act, principal }) => act === 'AccessRefused' && principal === 'ada'],
    [`since=${at(10)}`, ({ afterS }) => afterS >= 10],
    [`until=${at(10)}`, ({ afterS }) => afterS < 10],
    [
      `principal=ada&act=ReplayRequested&since=${at(2)}&until=${at(20)}`,
      ({ principal, act, afterS }) => principal === 'ada' && act === 'ReplayRequested' && afterS >= 2 && afterS < 20,
    ],
  ])('holds what its filters let through: %s', async (query, fits) => {
    for (const limit of [1, 4, 200])
      expect(inOrder((await walk(`limit=${limit}&${query}`)).map(seenAs))).toEqual(inOrder(expected(fits)));
  });

  it.each([
    ['limit=0', '/query/limit'],
    ['limit=201', '/query/limit'],
    ['limit=1e1', '/query/limit'],
    ['limit=1&limit=2', '/query/limit'],
    ['act=EventReceived', '/query/act'],
    ['act=', '/query/act'],
    ['act=constructor', '/query/act'],
    ['principal=', '/query/principal'],
    ['principal=%00', '/query/principal'],
    ['principal=a%0Ab', '/query/principal'],
    [`principal=${'a'.repeat(256)}`, '/query/principal'],
    ['principal=a&principal=b', '/query/principal'],
    ['since=yesterday', '/query/since'],
    ['until=0000-01-01T00:00:00Z', '/query/until'],
    ['address=192.0.2.7', '/query/address'],
  ])('is refused by name of the parameter: %s', async (query, pointer) => {
    const answer = await api().call({ url: `/v1/access-records?${query}`, as: 'auditor' });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ pointer }] });
  });

  it('is not shown to clients who send events', async () => {
    const answer = await api().call({ url: '/v1/access-records', as: 'shop' });
    expect(answer.json()).toMatchObject({ status: 403, permission: 'audit:read' });
  });

  it('is unavailable while the read database is', async () => {
    expect((await apiUnderTest({ log }).call({ url: '/v1/access-records', as: 'auditor' })).json()).toMatchObject({
      ...{ status: 503, code: 'read-database-unavailable' },
    });
  });
});

describe('a cursor of it', () => {
  const cursorOf = async (query: string, as = 'auditor') =>
    String((await api().call({ url: `/v1/access-records?limit=2&${query}`, as })).json().nextCursor);
  const codeOf = async (url: string, as = 'auditor') => (await api().call({ url, as })).json().code;

  it.each([
    ['with other filters', 'act=EventDiscarded', 'auditor'],
    ['by another client', '', 'admin'],
  ])('is refused %s', async (_how, query, as) => {
    const cursor = await cursorOf('');
    expect(await codeOf(`/v1/access-records?limit=2&cursor=${cursor}&${query}`, as)).toBe('cursor-refused');
  });

  it('means nothing to another list, nor does one of another list here', async () => {
    expect(await codeOf(`/v1/events?cursor=${await cursorOf('')}`)).toBe('cursor-refused');
    const ofEvents = (await api().call({ url: '/v1/events?limit=2', as: 'auditor' })).json().nextCursor;
    expect(await codeOf(`/v1/access-records?cursor=${ofEvents}`)).toBe('cursor-refused');
  });

  it('is refused with any character changed', async () => {
    const cursor = await cursorOf('principal=ada');
    const { call } = api();
    for (let index = 0; index < cursor.length; index++) {
      const other = cursor[index] === 'A' ? 'B' : 'A';
      const altered = `${cursor.slice(0, index)}${other}${cursor.slice(index + 1)}`;
      const answer = await call({ url: `/v1/access-records?principal=ada&cursor=${altered}`, as: 'auditor' });
      expect(answer.json()).toMatchObject({ status: 400, code: 'cursor-refused' });
    }
  });

  it('goes on with another limit', async () => {
    const all = await walk('limit=200');
    const cursor = await cursorOf('');
    const answer = await api().call({ url: `/v1/access-records?limit=3&cursor=${cursor}`, as: 'auditor' });
    expect(answer.json().items).toEqual(all.slice(2, 5));
  });
});

describe('API keys', () => {
  it('are created and revoked by whom the records name, from where and why', async () => {
    const { call, log: ofKeys } = apiUnderTest({ readDatabase: tables.readDatabase });
    const headers = { 'content-type': 'application/json' };
    const asked = { name: 'till 4', permissions: ['events:write'] };
    const made = await call({ method: 'POST', url: '/v1/api-keys', headers, payload: asked });
    const { id } = made.json();
    await call({ method: 'POST', url: `/v1/api-keys/${id}/revoke`, headers, payload: { reason: 'sold' } });
    await tables.project(ofKeys);
    const answer = await call({ url: '/v1/access-records?principal=admin-subject' });
    const seen = answer.json().items.map(({ act, address, transition }: Item & { transition: { stream: string } }) => ({
      ...{ act, address, transition },
    }));
    expect(seen.sort((one: Item, other: Item) => (one.act < other.act ? -1 : 1))).toMatchObject([
      { act: 'ApiKeyCreated', address: '127.0.0.1', transition: { stream: `key-${id}`, reason: null } },
      { act: 'ApiKeyRevoked', address: '127.0.0.1', transition: { stream: `key-${id}`, reason: 'sold' } },
    ]);
  });
});
