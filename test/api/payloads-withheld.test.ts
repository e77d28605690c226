import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RecordedTransition } from '../../src/application/ports/event-log.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const tables = readTablesOfThisFile();
const SECRET = 'only-for-those-who-may';
const secretOrder = { ...order, payload: { orderId: SECRET } };

const withEvent = async () => {
  const log = createInMemoryLog();
  const { call, post } = apiUnderTest({ log, readDatabase: tables.readDatabase });
  // The read tables hold those of other tests, too.
  const source = randomUUID();
  const posted = await post({ ...secretOrder, source }, {}, 'shop');
  await tables.project(log);
  return { call, post, posted, list: `/v1/events?source=${source}`, url: posted.headers.location as string };
};

describe('a payload', () => {
  it.each(['admin', 'operator', 'auditor'])('is shown to %s', async (as) => {
    const { call, url, list } = await withEvent();
    for (const each of [url, `${url}?minRevision=0`, `${url}/history`, list])
      expect((await call({ url: each, as })).body).toContain(SECRET);
    expect((await call({ url, as })).headers['etag']).toBe('"0"');
  });

  it.each(['viewer', 'shop', 'reader'])('is left out of what %s is shown, and nothing else is', async (as) => {
    const { call, url, list } = await withEvent();
    const { payload: _, ...others } = (await call({ url })).json();
    const answers = await Promise.all(
      [url, `${url}?minRevision=0`, `${url}?waitFor=RECEIVED`].map((each) => call({ url: each, as })),
    );
    for (const answer of answers) expect(answer.json()).toEqual(others);
    expect((await call({ url: list, as })).json().items).toEqual([others]);
  });

  it('is left out of histories of those who lack the permission, which say all the same whether they are verified', async () => {
    const { call, url } = await withEvent();
    const history = await call({ url: `${url}/history`, as: 'viewer' });
    const {
      items: [whole],
    } = (await call({ url: `${url}/history` })).json();
    const { payload: _, ...data } = whole.data;
    expect(history.json()).toEqual({ items: [{ ...whole, data }], verified: true });
  });

  it.each<[string, (recorded: RecordedTransition) => Partial<RecordedTransition>]>([
    ['that are no JSON', ({ data }) => ({ data: `${data.slice(1)} ` })],
    ['whose type was changed', () => ({ type: 'ProcessingSucceeded' })],
  ])('is left out of damaged histories, too: of those %s', async (_which, damaged) => {
    const log = createInMemoryLog();
    const { call, post } = apiUnderTest({
      log: {
        ...log,
        async *readPages(stream) {
          for await (const page of log.readPages(stream))
            yield page.map((recorded) => ({ ...recorded, ...damaged(recorded) }));
        },
      },
    });
    const url = `${(await post(secretOrder)).headers.location as string}/history`;
    expect((await call({ url })).body).toContain(SECRET);
    const answer = await call({ url, as: 'viewer' });
    expect(answer.json()).toMatchObject({ verified: false, items: [{ revision: 0 }] });
    expect(answer.body).not.toContain(SECRET);
  });

  it('is in the answer to whoever has just sent it', async () => {
    const { post, call, posted } = await withEvent();
    expect(posted.json().payload).toEqual(secretOrder.payload);
    const again = async () => post(secretOrder, { 'idempotency-key': 'same' }, 'shop');
    expect([(await again()).json().payload, (await again()).json().payload]).toEqual([
      secretOrder.payload,
      secretOrder.payload,
    ]);
    const headers = { 'content-type': 'application/json' };
    const url = '/v1/events/batch';
    const batch = await call({ method: 'POST', url, headers, payload: [secretOrder], as: 'shop' });
    expect(batch.body).toContain(SECRET);
  });

  it('makes another ETag where it is left out', async () => {
    const { call, url } = await withEvent();
    const [whole, without] = [await call({ url }), await call({ url, as: 'viewer' })];
    const etag = String(without.headers['etag']);
    expect(etag).toBe('"0-without-payload"');
    const asked = { url, headers: { 'if-none-match': etag } };
    expect((await call({ ...asked, as: 'viewer' })).statusCode).toBe(304);
    expect((await call(asked)).body).toBe(whole.body);
  });
});

describe('who one is', () => {
  it.each([
    ['nobody', [], []],
    ['shop', [], ['events:write']],
    ['viewer', ['viewer'], ['audit:read', 'events:read']],
    ['auditor', ['auditor'], ['audit:read', 'events:read', 'payloads:read']],
  ])('is said to %s, with roles and permissions', async (as, roles, permissions) => {
    const answer = await apiUnderTest().call({ url: '/v1/me', as });
    expect(answer.json()).toEqual({ subject: `${as}-subject`, clientId: as, roles, permissions });
  });

  it('leaves out roles that mean nothing here', async () => {
    const principal = { clientId: 'c', subject: 's', roles: ['x', 'viewer'], scopes: ['openid'], tokenId: null };
    const { call } = apiUnderTest({ authenticator: { authenticate: async () => principal } });
    expect((await call({ url: '/v1/me' })).json()).toMatchObject({
      roles: ['viewer'],
      permissions: ['audit:read', 'events:read'],
    });
  });
});
