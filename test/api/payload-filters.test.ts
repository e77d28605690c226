import { beforeAll, describe, expect, it } from 'vitest';
import { eventIdOf, streamOf } from '../../src/application/event-identity.ts';
import { createPayloadIndexes } from '../../src/projections/events/payload-indexes.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { deadLettered, failed, request, started } from '../support/domain/transitions.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { sealedHistory } from '../support/sealed-history.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
const api = () => apiUnderTest({ log, readDatabase: tables.readDatabase });

/** By name. Those of the first four are dead letters. */
const payloads: Readonly<Record<string, string>> = {
  number: '{"customer":{"id":17},"tier":"gold"}',
  again: '{"customer":{"id":17.0},"tier":"silver"}',
  text: '{"customer":{"id":"17"},"tier":"gold"}',
  null: '{"customer":{"id":null}}',
  quoted: `{"customer":{"id":"it's \\"so\\""}}`,
  absent: '{"customer":{}}',
};
const names = Object.keys(payloads);
const idOf = (name: string) => eventIdOf('shop', name);

beforeAll(async () => {
  for (const [index, [name, payload]] of Object.entries(payloads).entries()) {
    const received = { type: 'EventReceived' as const, data: { ...request, clientId: 'shop', payload } };
    const history = index < 4 ? [received, started(), failed(), deadLettered()] : [received];
    const at = (hour: number) => ({ recordedAt: new Date(Date.parse('2030-01-01') + hour * 3_600_000).toISOString() });
    const transitions = sealedHistory(history, idOf(name), (number) => at(20 - index + number / 10));
    await log.append({ stream: streamOf(idOf(name)), expectedRevision: 'no-stream', transitions });
  }
  await tables.project(log);
  await createPayloadIndexes(tables.db()).keepOnly(['customer.id', 'tier'], new AbortController().signal);
});

const found = async (path: string, query: Readonly<Record<string, string>>) => {
  const answer = await api().call({ url: path, query });
  expect(answer.statusCode).toBe(200);
  return answer.json().items.map(({ id }: { id: string }) => names.find((name) => idOf(name) === id));
};

describe('a filter by a field of payloads', () => {
  it.each<[Readonly<Record<string, string>>, readonly string[]]>([
    [{ 'payload.customer.id': '17' }, ['number', 'again']],
    [{ 'payload.customer.id': '1.70e1' }, ['number', 'again']],
    [{ 'payload.customer.id': '"17"' }, ['text']],
    [{ 'payload.customer.id': '017' }, []],
    [{ 'payload.customer.id': 'null' }, ['null']],
    [{ 'payload.customer.id': `it's "so"` }, ['quoted']],
    [{ 'payload.customer.id': `"it's \\"so\\""` }, ['quoted']],
    [{ 'payload.customer.id': `' or '1'='1` }, []],
    [{ 'payload.tier': 'gold' }, ['number', 'text']],
    [{ 'payload.tier': 'gold', 'payload.customer.id': '17' }, ['number']],
    [{ 'payload.tier': 'gold', type: 'another' }, []],
  ])('finds values of the same type: %o', async (query, expected) => {
    expect(await found('/v1/events', query)).toEqual(expected);
    const dead = expected.filter((name) => names.indexOf(name) < 4);
    expect(await found('/v1/dead-letters', query)).toEqual(dead);
    expect((await api().call({ url: '/v1/dead-letters/groups', query })).json()).toMatchObject({ events: dead.length });
  });

  it('goes on over pages of one', async () => {
    const { call } = api();
    for (const path of ['/v1/events', '/v1/dead-letters']) {
      const query = { 'payload.tier': 'gold', 'payload.customer.id': '17', limit: '1' };
      expect((await call({ url: path, query })).json()).toMatchObject({
        nextCursor: null,
        items: [{ id: idOf('number') }],
      });
      const first = (await call({ url: path, query: { 'payload.customer.id': '17', limit: '1' } })).json();
      const next = { 'payload.customer.id': '17', limit: '1', cursor: first.nextCursor };
      expect((await call({ url: path, query: next })).json().items).toMatchObject([{ id: idOf('again') }]);
      for (const others of [{}, { 'payload.customer.id': '18' }, { 'payload.tier': '17' }])
        expect((await call({ url: path, query: { ...others, cursor: first.nextCursor } })).json()).toMatchObject({
          code: 'cursor-refused',
        });
    }
  });

  it('is refused where the field has no index, with what to do', async () => {
    for (const path of ['/v1/events', '/v1/dead-letters', '/v1/dead-letters/groups']) {
      const query = { 'payload.customer.id': '17', 'payload.customer': '1' };
      expect((await api().call({ url: path, query })).json()).toMatchObject({
        ...{ status: 400, code: 'payload-field-not-indexed', detail: expect.stringContaining('PAYLOAD_FIELDS') },
        errors: [{ pointer: '/query/payload.customer', code: 'not-indexed', message: 'has no index' }],
      });
    }
  });

  it('needs the permission to see payloads, whatever is asked for', async () => {
    const { call } = api();
    for (const path of ['/v1/events', '/v1/dead-letters', '/v1/dead-letters/groups'])
      for (const field of ['customer.id', 'secret'])
        expect((await call({ url: path, query: { [`payload.${field}`]: '17' }, as: 'viewer' })).json()).toMatchObject({
          ...{ status: 403, code: 'permission-missing', permission: 'payloads:read' },
        });
    expect((await call({ url: '/v1/events', query: { 'payload.tier': 'gold' }, as: 'shop' })).statusCode).toBe(403);
  });

  it.each([
    ['payload.=1', '/query/payload.'],
    ['payload.a..b=1', '/query/payload.a..b'],
    ['payload.1.2.3.4.5.6.7.8.9=1', '/query/payload.1.2.3.4.5.6.7.8.9'],
    [`payload.${'a'.repeat(201)}=1`, `/query/payload.${'a'.repeat(201)}`],
    ['payload.tier=1&payload.tier=2', '/query/payload.tier'],
    ['payload.a=1&payload.b=1&payload.c=1&payload.d=1&payload.e=1', '/query/payload'],
    [`payload.tier=${'x'.repeat(1_001)}`, '/query/payload.tier'],
    ['payload.tier=%22gold', '/query/payload.tier'],
    ['payload.tier=1e400', '/query/payload.tier'],
    ['payload.tier=1e-401', '/query/payload.tier'],
    ['payload.tier=%00', '/query/payload.tier'],
    ['payload.tier=%22%5Cud800%22', '/query/payload.tier'],
    ['payload=17', '/query/payload'],
    ['payload[tier]=gold', '/query/payload[tier]'],
    ['payload.tier=gold&payload=17', '/query/payload'],
  ])('is refused by name when it cannot be applied: %s', async (query, pointer) => {
    for (const path of ['/v1/events', '/v1/dead-letters', '/v1/dead-letters/groups']) {
      const answer = await api().call({ url: `${path}?${query}` });
      expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request' });
      expect(answer.json().errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
    }
  });
});
