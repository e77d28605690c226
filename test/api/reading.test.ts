import { describe, expect, it } from 'vitest';
import { eventIdOf, streamOf } from '../../src/application/event-identity.ts';
import { LogUnavailable } from '../../src/application/failures.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const unknown = eventIdOf('nobody', 'never');

async function withEvent(...given: Parameters<typeof apiUnderTest>) {
  const api = apiUnderTest(...given);
  const { id } = (await api.post(order, { 'idempotency-key': '1' })).json();
  return { ...api, id, url: `/v1/events/${id}`, life: eventLife(api.log, api.clock, id) };
}

describe('an event', () => {
  it('is known from its 2xx on, with no read table at all', async () => {
    const { call, url } = await withEvent();
    expect((await call({ url })).json()).toMatchObject({ status: 'RECEIVED', revision: 0 });
  });

  it('shows how far it has come', async () => {
    const { call, url, life } = await withEvent();
    await life.start();
    expect((await call({ url })).json()).toMatchObject({ status: 'PROCESSING', attempts: 1, revision: 1 });
    await life.failForGood();
    expect((await call({ url })).json()).toMatchObject({
      status: 'DEAD',
      errorReason: expect.stringContaining('order has no lines'),
      processedAt: null,
      revision: 3,
    });
  });

  it('is not shown with whose it is, or anything else of ours', async () => {
    const { call, url } = await withEvent();
    expect(Object.keys((await call({ url })).json())).toEqual([
      'id',
      'type',
      'source',
      'status',
      'idempotencyKey',
      'payload',
      'createdAt',
      'updatedAt',
      'processedAt',
      'errorReason',
      'generation',
      'attempts',
      'nextAttemptAt',
      'revision',
    ]);
  });

  it('may be asked for by an id in capitals', async () => {
    const { call, id } = await withEvent();
    expect((await call({ url: `/v1/events/${id.toUpperCase()}` })).json().id).toBe(id);
  });

  it('is answered with HEAD as with GET, without a body', async () => {
    const { call, url } = await withEvent();
    const [head, get] = [await call({ url, method: 'HEAD' }), await call({ url })];
    expect(head.body).toBe('');
    expect(head.headers).toMatchObject({ etag: '"0"', 'content-length': get.headers['content-length'] });
  });
});

describe('an event that did not change', () => {
  it.each(['"0"', 'W/"0"', '"7", "0"', '*'])('is not sent again: %s', async (etag) => {
    const { call, url } = await withEvent();
    const answer = await call({ url, headers: { 'if-none-match': etag } });
    expect(answer.statusCode).toBe(304);
    expect(answer.headers).toMatchObject({ etag: '"0"' });
    expect(answer.body).toBe('');
  });

  it.each(['"1"', '0', '"00"', ''])('is sent to who has another one: %j', async (etag) => {
    const { call, url } = await withEvent();
    expect((await call({ url, headers: { 'if-none-match': etag } })).statusCode).toBe(200);
  });

  it('is another one after the next transition', async () => {
    const { call, url, life } = await withEvent();
    await life.start();
    const answer = await call({ url, headers: { 'if-none-match': '"0"' } });
    expect([answer.statusCode, answer.headers['etag']]).toEqual([200, '"1"']);
  });
});

describe('an event that nobody knows', () => {
  it.each([
    unknown,
    'x',
    '',
    '091e518e',
    '%00',
    '..%2f..%2fetc%2fpasswd',
    `${unknown}%0a`,
    `${unknown}x`,
    `{${unknown}}`,
    '$all',
    "' or 1=1 --",
    'é',
    'x'.repeat(5_000),
  ])('is not found, the same for every id: %j', async (id) => {
    const { call } = apiUnderTest();
    for (const rest of ['', '/history']) {
      const answer = await call({ url: `/v1/events/${encodeURI(id).replaceAll('%25', '%')}${rest}` });
      expect(answer.statusCode).toBe(404);
      expect(answer.body).toBe(
        '{"type":"urn:eventops:problem:event-not-found","title":"There is no such event","status":404,"code":"event-not-found"}',
      );
    }
  });
});

describe('a query', () => {
  it.each([
    ['waitFor=DONE', '/query/waitFor', 'wrong-value'],
    ['waitFor=processed', '/query/waitFor', 'wrong-value'],
    ['waitFor=PROCESSED&waitFor=DEAD', '/query/waitFor', 'wrong-value'],
    ['timeoutMs=-1', '/query/timeoutMs', 'wrong-format'],
    ['timeoutMs=1e3', '/query/timeoutMs', 'wrong-format'],
    ['timeoutMs=', '/query/timeoutMs', 'wrong-format'],
    ['timeoutMs=60001', '/query/timeoutMs', 'invalid'],
    ['minRevision=0.5', '/query/minRevision', 'wrong-format'],
    ['minRevision=99999999999999999999', '/query/minRevision', 'wrong-format'],
    ['fields=id', '/query/fields', 'unknown-member'],
    ['__proto__=1', '/query/__proto__', 'unknown-member'],
  ])('is refused by name of the parameter: %s', async (query, pointer, code) => {
    const { call, url } = await withEvent();
    const answer = await call({ url: `${url}?${query}` });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ pointer, code }] });
  });
});

describe('a log that is away', () => {
  it('is said to be so, and not that the event is unknown', async () => {
    const log = createInMemoryLog();
    const away = { ...log, readStream: () => Promise.reject(new LogUnavailable('The log is away: secret.example')) };
    const answer = await apiUnderTest({ log: away }).call({ url: `/v1/events/${unknown}` });
    expect(answer.statusCode).toBe(503);
    expect(answer.json().code).toBe('log-unavailable');
    expect(answer.body).not.toContain('secret');
  });
});

describe('something that nobody thought of', () => {
  it('is our fault, and tells nothing of itself', async () => {
    const logged: object[] = [];
    const log = { ...createInMemoryLog(), readStream: () => Promise.reject(new TypeError('secret at /etc/x')) };
    const logger = {
      debug() {},
      info() {},
      warn() {},
      error: (fields: object) => logged.push(fields),
      child: () => logger,
    };
    const answer = await apiUnderTest({ log, logger }).call({ url: `/v1/events/${unknown}` });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).toBe(
      '{"type":"urn:eventops:problem:internal-error","title":"Something went wrong on our side","status":500,"code":"internal-error"}',
    );
    expect(logged).toEqual([
      {
        err: expect.any(TypeError),
        code: 'internal-error',
        requestId: answer.headers['x-request-id'],
        method: 'GET',
        route: '/v1/events/:id',
      },
    ]);
  });
});

describe('a history', () => {
  it('is kept in a stream of its own', async () => {
    const { log, id, life } = await withEvent();
    await life.start();
    expect(await log.readStream(streamOf(id))).toHaveLength(2);
  });
});
