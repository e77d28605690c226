import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';

const pointersOf = (answer: { json(): { errors?: { pointer: string; code: string }[] } }) =>
  answer.json().errors?.map(({ pointer, code }) => `${pointer} ${code}`);

describe('a body', () => {
  it.each([
    [{ ...order, id: '1', status: 'PROCESSED', attempts: 0 }, ['/id', '/status', '/attempts'], 'unknown-member'],
    [{ ...order, idempotencyKey: 'x' }, ['/idempotencyKey'], 'unknown-member'],
    [{ ...order, tenant: 't', actor: {}, createdAt: '' }, ['/tenant', '/actor', '/createdAt'], 'unknown-member'],
    [{ type: 'a', source: 'b' }, ['/payload'], 'required'],
    [{ payload: 1 }, ['/type', '/source'], 'required'],
    [{ ...order, type: 1 }, ['/type'], 'wrong-type'],
    [{ ...order, type: null, source: ['a'] }, ['/type', '/source'], 'wrong-type'],
    [{ ...order, type: '', source: 'a b' }, ['/type', '/source'], 'wrong-format'],
    [{ ...order, type: 'a\r\nx: y', source: 'é' }, ['/type', '/source'], 'wrong-format'],
    [{ ...order, type: 'x'.repeat(201) }, ['/type'], 'wrong-format'],
    [{ ...order, orderingKey: null }, ['/orderingKey'], 'wrong-type'],
    [{ ...order, orderingKey: '' }, ['/orderingKey'], 'wrong-format'],
    [[], [''], 'wrong-type'],
    ['null', [''], 'wrong-type'],
    ['"text"', [''], 'wrong-type'],
    ['{"type":"a","type":"b","source":"c","payload":1}', ['/type'], 'repeated-member'],
    ['{"type":"a","source":"c","payload":{"__proto__":{"x":1}}}', ['/payload'], 'member-name-refused'],
    [
      String.raw`{"type":"a","source":"c","payload":[{"\u005f\u005fproto__":1}]}`,
      ['/payload/0'],
      'member-name-refused',
    ],
    ['{"type":"a","source":"c","payload":{"constructor":{}}}', ['/payload'], 'member-name-refused'],
    [String.raw`{"type":"a","source":"c","payload":"\u0000"}`, ['/payload'], 'nul-refused'],
    [String.raw`{"type":"a","source":"c","payload":{"x":"\ud800"}}`, ['/payload/x'], 'lone-surrogate'],
    ['{"type":"a","source":"c","payload":1e400}', ['/payload'], 'number-out-of-range'],
  ])('is refused by name of the field and the rule: %j', async (body, pointers, code) => {
    const { post, recorded } = apiUnderTest();
    const answer = await post(typeof body === 'string' ? body : JSON.stringify(body));
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', title: expect.any(String) });
    expect(pointersOf(answer)).toEqual(pointers.map((pointer) => `${pointer} ${code}`));
    expect(await recorded()).toEqual([]);
  });

  it.each([64, 65, 10_000, 500_000])('nested %i deep is refused beyond 64', async (depth) => {
    const { post } = apiUnderTest({ limits: { bodyBytes: 2_000_000 } });
    // The envelope is the first level.
    const nested = '['.repeat(depth - 1) + ']'.repeat(depth - 1);
    const answer = await post(`{"type":"a","source":"c","payload":${nested}}`);
    expect(answer.statusCode).toBe(depth === 64 ? 201 : 400);
    if (depth > 64) expect(pointersOf(answer)?.[0]).toMatch(/^\/payload(\/0){63} too-deep$/);
  });

  it.each([
    ['', Buffer.alloc(0)],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(order))])],
    ['UTF-16', Buffer.from(JSON.stringify(order), 'utf16le')],
    ['half of it', JSON.stringify(order).slice(0, -5)],
    ['two of it', JSON.stringify(order).repeat(2)],
  ])('that is not JSON is refused: %s', async (_what, body) => {
    const { post, recorded } = apiUnderTest();
    const answer = await post(body);
    expect(answer.json()).toMatchObject({ status: 400, code: 'malformed-json' });
    expect(answer.statusCode).toBe(400);
    expect(await recorded()).toEqual([]);
  });

  it('leaves no trace on prototypes', async () => {
    const { post } = apiUnderTest();
    await post('{"type":"a","source":"c","payload":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1}}');
    expect('polluted' in {}).toBe(false);
  });
});

describe('an idempotency key', () => {
  it.each(['', 'x'.repeat(256), 'é', 'a\tb', '\u007f'])('has 1 to 255 printable characters: %j', async (key) => {
    const { post, recorded } = apiUnderTest();
    const answer = await post(order, { 'idempotency-key': key });
    expect(answer.statusCode).toBe(400);
    expect(pointersOf(answer)).toEqual(['/headers/idempotency-key wrong-format']);
    expect(await recorded()).toEqual([]);
  });

  it.each(['x'.repeat(255), ' !"~', '__proto__'])('may be any such text: %j', async (key) => {
    const answer = await apiUnderTest().post(order, { 'idempotency-key': key });
    expect(answer.json().idempotencyKey).toBe(key);
  });
});

describe('a content type', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=utf-8',
    'application/json; charset="UTF-8"',
    'Application/JSON',
  ])('is taken: %s', async (type) => {
    expect((await apiUnderTest().post(order, { 'content-type': type })).statusCode).toBe(201);
  });

  it.each([
    'text/plain',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; x=y',
    ' application/json',
    '\tapplication/json',
    'application/json\t;charset=utf-8',
    'application/json ',
    'application/json,text/plain',
    'application/jsonx',
    'application/x-ndjson',
    'application/cloudevents-batch+json',
    'multipart/form-data',
    '',
    'json',
    '*/*',
  ])('is refused: %j', async (type) => {
    const { post, recorded } = apiUnderTest();
    const answer = await post(order, { 'content-type': type });
    expect(answer.json()).toMatchObject({ status: 415, code: 'media-type-refused' });
    expect(answer.statusCode).toBe(415);
    expect(await recorded()).toEqual([]);
  });

  it('is required', async () => {
    const { call } = apiUnderTest();
    const answer = await call({ method: 'POST', url: '/v1/events', payload: Buffer.from(JSON.stringify(order)) });
    expect(answer.statusCode).toBe(415);
  });

  it.each(['gzip', 'br', 'identity'])('says it all: content is not encoded (%s)', async (encoding) => {
    const answer = await apiUnderTest().post(order, { 'content-encoding': encoding });
    expect(answer.json()).toMatchObject({ status: 415, code: 'content-encoding-refused' });
  });
});

describe('a path and a method', () => {
  it.each(['/', '/v1', '/v1/Events', '/v1/events/x/y', '/doc', '//v1/events'])(
    'that are nothing are not found: %s',
    async (url) => {
      const answer = await apiUnderTest().call({ url });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ status: 404, code: 'not-found' });
    },
  );

  it.each([
    ['PATCH', '/v1/events', 'GET, HEAD, POST'],
    ['DELETE', '/v1/events/091e518e-cffb-86e7-867b-354763635bbd', 'GET, HEAD'],
    ['GET', '/v1/events/091e518e-cffb-86e7-867b-354763635bbd/replay', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['TRACE', '/v1/events', 'GET, HEAD, POST'],
    ['OPTIONS', '/v1/events', 'GET, HEAD, POST'],
  ] as const)('that do not go together name those that do: %s %s', async (method, url, allow) => {
    const answer = await apiUnderTest().call({ method, url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers).toMatchObject({ allow });
    expect(answer.json()).toMatchObject({ status: 405, code: 'method-not-allowed' });
  });

  it.each(['/v1/events/%', '/v1/events/%zz', '/v1/events/%c0%af'])(
    'that cannot be decoded are refused: %s',
    async (url) => {
      const answer = await apiUnderTest().call({ url });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ status: 400, code: 'malformed-request' });
      expect(answer.body).not.toContain('%');
    },
  );

  it('that are too long are refused', async () => {
    const answer = await apiUnderTest().call({ url: `/v1/events?type=${'x'.repeat(8_192)}` });
    expect(answer.json()).toMatchObject({ status: 414, code: 'uri-too-long' });
  });
});

describe('every answer', () => {
  it.each(['/healthz', '/nothing', '/v1/events/091e518e-cffb-86e7-867b-354763635bbd'])(
    'is neither cached, framed nor guessed at, and has its id: %s',
    async (url) => {
      const { headers } = await apiUnderTest().call({ url });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(headers).not.toHaveProperty('server');
      expect(headers).not.toHaveProperty('x-powered-by');
    },
  );
});
