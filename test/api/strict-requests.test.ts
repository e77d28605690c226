import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/application/canonical-json.ts';
import type { Principal } from '../../src/application/ports/authenticator.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';

const id = '091e518e-cffb-86e7-867b-354763635bbd';

/** Node's types know no such headers, its parser does. */
const twice = (headers: Readonly<Record<string, string>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value, value]]));

describe('a header that is there twice', () => {
  it.each([
    ['a', 'b'],
    ['a', 'a'],
    ['', 'a'],
  ])('is no key: %j and %j', async (...keys) => {
    const { call, recorded } = apiUnderTest();
    const requests = [
      { url: '/v1/events', payload: JSON.stringify(order) },
      { url: `/v1/events/${id}/replay`, payload: '{"reason":"x"}' },
      { url: `/v1/dead-letters/${id}/discard`, payload: '{"reason":"x"}' },
    ];
    for (const request of requests) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': keys };
      const answer = await call({ method: 'POST', ...request, headers });
      expect(answer.json()).toMatchObject({
        status: 400,
        errors: [{ pointer: '/headers/idempotency-key', code: 'repeated-header' }],
      });
    }
    expect(await recorded()).toEqual([]);
  });

  it('is no content type', async () => {
    const { call, recorded } = apiUnderTest();
    const headers = twice({ 'content-type': 'application/json' });
    const payload = JSON.stringify(order);
    expect((await call({ method: 'POST', url: '/v1/events', headers, payload })).statusCode).toBe(415);
    expect(await recorded()).toEqual([]);
  });

  it('says nothing of who calls', async () => {
    const headers = twice({ authorization: 'Bearer admin' });
    expect((await apiUnderTest().call({ url: `/v1/events/${id}`, as: null, headers })).statusCode).toBe(401);
  });

  it('is no request id', async () => {
    const headers = { 'x-request-id': [id, id] };
    const answer = await apiUnderTest().call({ url: '/healthz', headers });
    expect(answer.headers['x-request-id']).not.toContain(id);
  });
});

describe('a reason', () => {
  const withDeadLetter = async () => {
    const api = apiUnderTest();
    const event = (await api.post(order)).json();
    const life = eventLife(api.log, api.clock, event.id);
    await life.start();
    await life.failForGood();
    const payload = (reason: string) => JSON.stringify({ reason });
    return (reason: string, path = `events/${event.id}/replay`) =>
      api.call({
        method: 'POST',
        url: `/v1/${path}`,
        headers: { 'content-type': 'application/json' },
        payload: payload(reason),
      });
  };

  it.each([
    ' ',
    '   ',
    '\t',
    'a\tb',
    'a\nb',
    '\u200b',
    '\u00a0\u3000',
    '\u001b[31mred',
    '\u202egnp.exe',
    '\u2066x\u2069',
    'x\u200f',
    '\u3164',
    '\u115f\u1160',
    '\u2800',
    '\u0301',
    '\ufeff',
    '\u2028',
    'x\u0085',
    'x\ufffe',
    '\u00ad',
    '\u{e0041}',
  ])('is one line that can be read: %j is refused', async (reason) => {
    const ask = await withDeadLetter();
    for (const path of [`events/${id}/replay`, `dead-letters/${id}/discard`])
      expect((await ask(reason, path)).json()).toMatchObject({ status: 400, errors: [{ pointer: '/reason' }] });
  });

  it.each(['x', ' x ', '7', '?', 'é', 'заказ', '注文', 'طلب', 'family 👨‍👩‍👧', 'e\u0301', '€'])(
    'is one line that can be read: %j is taken',
    async (reason) => {
      const ask = await withDeadLetter();
      expect((await ask(reason)).statusCode).toBe(202);
    },
  );
});

describe('a forged cursor', () => {
  /** As the API would mark it: the mark is no secret. */
  const forged = (text: string) => {
    const marked = canonicalJson(['cursor', 'admin', {}, text]);
    const mark = createHash('sha256').update(marked).digest().subarray(0, 16);
    return Buffer.concat([mark, Buffer.from(text)]).toString('base64url');
  };

  it.each([
    '0000-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '+294277-01-01T00:00:00.000Z',
    'infinity',
    '2030-02-30T00:00:00.000Z',
  ])('of a time that no row has is refused: %s', async (createdAt) => {
    const answer = await apiUnderTest().call({ url: `/v1/events?cursor=${forged(JSON.stringify([createdAt, id]))}` });
    expect(answer.json()).toMatchObject({ status: 400, code: 'cursor-refused' });
  });
});

describe('a byte order mark', () => {
  const body = JSON.stringify(order);
  it.each([`\ufeff${body}`, `${body}\ufeff`, ` \ufeff${body}`, `${body}\n\ufeff`])('is named: %j', async (text) => {
    const answer = await apiUnderTest().post(text);
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'malformed-json',
      detail: expect.stringContaining('byte order mark'),
    });
  });

  it('is named in a batch, too', async () => {
    const { call } = apiUnderTest();
    const headers = { 'content-type': 'application/x-ndjson' };
    const lines = await call({ method: 'POST', url: '/v1/events/batch', headers, payload: `\ufeff${body}\n${body}\n` });
    expect(lines.json().results[0].problem.detail).toContain('byte order mark');
    const array = await call({
      method: 'POST',
      url: '/v1/events/batch',
      payload: Buffer.from(`\ufeff[${body}]`),
      headers: { 'content-type': 'application/json' },
    });
    expect(array.json().detail).toContain('byte order mark');
  });

  it('within a text is a character like others', async () => {
    expect((await apiUnderTest().post({ ...order, payload: '\ufeff' })).statusCode).toBe(201);
  });
});

describe('a token whose claims cannot be recorded', () => {
  const sound: Principal = { clientId: 'shop', subject: 'ada', roles: ['admin'], scopes: [], tokenId: 'token-1' };

  it.each<[string, Partial<Principal>]>([
    ['a subject with NUL', { subject: 'a\0b' }],
    ['a client with half a surrogate pair', { clientId: 'a\ud800' }],
    ['a token id with half a surrogate pair', { tokenId: '\udc00' }],
    ['a token id with NUL', { tokenId: '\0' }],
    ['a subject of two lines', { subject: 'a\nb' }],
    ['a subject with an escape', { subject: '\u001b[2J' }],
    ['an empty client', { clientId: '' }],
    ['a client that is too long', { clientId: 'x'.repeat(256) }],
    ['a token id that is too long', { tokenId: 'x'.repeat(256) }],
  ])('is no valid token: %s', async (_what, claims) => {
    const authenticate = async () => ({ ...sound, ...claims });
    const { call, post, recorded } = apiUnderTest({ authenticator: { authenticate } });
    expect((await post(order)).statusCode).toBe(401);
    expect((await call({ url: '/v1/events' })).statusCode).toBe(401);
    expect(await recorded()).toEqual([]);
  });

  it('may have roles that mean nothing here, whatever is in them', async () => {
    const authenticate = async () => ({ ...sound, roles: ['admin', '\ud800', '\0', 'x'.repeat(10_000)] });
    const { post, recorded } = apiUnderTest({ authenticator: { authenticate } });
    expect((await post(order)).statusCode).toBe(201);
    expect(JSON.parse((await recorded())[0]?.metadata ?? '').actor.roles).toEqual(['admin']);
  });
});

describe('a query', () => {
  it.each([
    'limit=1&limit=1',
    'limit=',
    'limit',
    '__proto__=x',
    'constructor=x',
    'limit[]=1',
    'type=%zz',
    'type=%00',
    'type=%ff',
    'cursor=',
    'createdAfter=2030-01-01T00:00:00.000Z&createdAfter=2030-01-01T00:00:00.000Z',
    'createdAfter=0000-01-01T00:00:00Z',
    'createdAfter=infinity',
    'source=a%20b',
    `failure=${'x'.repeat(256)}`,
    'failure=%E2%82%AC',
    'unknown=1',
    'Limit=1',
  ])('is refused by name of what is wrong: %s', async (query) => {
    for (const path of ['/v1/events', '/v1/dead-letters']) {
      const answer = await apiUnderTest().call({ url: `${path}?${query}` });
      expect([query, answer.statusCode]).toEqual([query, 400]);
    }
  });
});

describe('an id in a path', () => {
  it.each(['x', '%00', '..%2f..%2fetc', `${id}%00`, `${id}x`, `%20${id}`, id.replace('0', '%ff'), '%F0%9F%98%80'])(
    'that is none is not found, or cannot be read: %s',
    async (path) => {
      for (const suffix of ['', '/history']) {
        const answer = await apiUnderTest().call({ url: `/v1/events/${path}${suffix}` });
        expect([404, 400]).toContain(answer.statusCode);
        expect(['event-not-found', 'malformed-request']).toContain(answer.json().code);
      }
    },
  );

  it('is the same in capitals and percent-encoded', async () => {
    const { call, post } = apiUnderTest();
    const event = (await post(order)).json();
    for (const path of [event.id.toUpperCase(), event.id.replaceAll('-', '%2d')])
      expect((await call({ url: `/v1/events/${path}` })).json().id).toBe(event.id);
  });

  it.each(['/v1/events/', `/v1/events/${id}/`, '/v1//events', '/v1/events;x=1'])(
    'is not left out, nor followed by more: %s',
    async (url) => {
      expect((await apiUnderTest().call({ url })).statusCode).toBe(404);
    },
  );
});
