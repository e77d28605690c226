import { describe, expect, it } from 'vitest';
import type { ApiKeys } from '../../../src/application/api-keys/follow-api-keys.ts';
import { ApiKeysUnavailable } from '../../../src/application/failures.ts';
import { askForKey, createdKey, forTheTill, revoke } from '../../support/api/api-keys.ts';
import { apiUnderTest, order } from '../../support/api/api-under-test.ts';
import { falsified } from '../../support/falsified-log.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const refusal =
  '{"type":"urn:eventops:problem:unauthenticated","title":"A valid token is required","status":401,"code":"unauthenticated"}';

const cloudEvent = (source: string) => ({ specversion: '1.0', id: '1', type: 'order.placed', source, data: {} });

/** One with another digit at this place. */
const changedAt = (key: string, at: number) =>
  key.slice(0, at) + digits.charAt((digits.indexOf(key.charAt(at)) + 1) % digits.length) + key.slice(at + 1);

describe('a live API key', () => {
  it('is a client of its own, which may do what the key permits', async () => {
    const api = apiUnderTest();
    const { id, key } = await createdKey(api);
    expect((await api.call({ url: '/v1/me', as: key })).json()).toEqual({
      ...{ subject: `key:${id}`, clientId: `key:${id}`, roles: [], permissions: ['events:write'] },
    });
    const own = await api.post(order, { 'idempotency-key': 'one' }, key);
    expect(own.statusCode).toBe(201);
    expect((await api.post(order, { 'idempotency-key': 'one' }, key)).statusCode).toBe(200);
    expect((await api.post(order, { 'idempotency-key': 'one' }, 'shop')).statusCode).toBe(201);
    const others = (await api.post(order, {}, 'shop')).headers.location as string;
    expect((await api.call({ url: own.headers.location as string, as: key })).statusCode).toBe(200);
    expect((await api.call({ url: others, as: key })).statusCode).toBe(404);
    expect((await api.call({ url: '/v1/api-keys', as: key })).json()).toMatchObject({ permission: 'access:manage' });
    const { metadata } = (await api.recorded()).find(({ type }) => type === 'EventReceived') ?? {};
    expect(JSON.parse(metadata ?? '').actor).toEqual({
      ...{ kind: 'principal', clientId: `key:${id}`, subject: `key:${id}`, roles: [], tokenId: null },
    });
  });

  it('is taken in the header alone', async () => {
    const { call, ...api } = apiUnderTest();
    const { key } = await createdKey({ call, ...api });
    const attempts = [
      call({ url: `/v1/me?access_token=${key}`, as: null }),
      call({ url: `/v1/me?key=${key}`, as: null, headers: { 'x-api-key': key, cookie: `key=${key}` } }),
      call({ url: '/v1/me', as: null, headers: { authorization: key } }),
      call({ url: '/v1/me', as: null, headers: { authorization: `Basic ${btoa(`${key}:`)}` } }),
      call({ url: '/v1/me', as: null, headers: { authorization: `Bearer ${key} ${key}` } }),
    ];
    expect((await Promise.all(attempts)).map(({ statusCode }) => statusCode)).toEqual(attempts.map(() => 401));
    const lowerCase = { authorization: `bearer ${key}` };
    expect((await call({ url: '/v1/me', as: null, headers: lowerCase })).statusCode).toBe(200);
  });

  it('sends events of its sources alone, in whichever form', async () => {
    const api = apiUnderTest();
    const { key } = await createdKey(api, { sources: ['shop', 'https://shop.example/eu'] });
    const send = (type: string, payload: unknown, url = '/v1/events') =>
      api.call({ as: key, method: 'POST', url, headers: { 'content-type': type }, payload: JSON.stringify(payload) });
    const binary = (source: string) => ({
      ...{ 'ce-specversion': '1.0', 'ce-id': '2', 'ce-type': 'order.placed', 'ce-source': source },
    });
    for (const source of ['Shop', 'shop/', 'shop2', 'https://shop.example/eu/de', 'https://shop.example/EU'])
      for (const answer of [
        ...(source.includes(':') ? [] : [await send('application/json', { ...order, source })]),
        await send('application/cloudevents+json', cloudEvent(source)),
        await api.post({}, binary(source), key),
      ])
        expect(answer.json(), answer.body).toMatchObject({ status: 403, code: 'source-not-permitted' });
    expect(await api.recorded()).toHaveLength(1);

    const batch = await send('application/json', [order, { ...order, source: 'till' }, order], '/v1/events/batch');
    const statusesOf = (answer: typeof batch) => answer.json().results.map((each: { status: number }) => each.status);
    expect(statusesOf(batch)).toEqual([201, 403, 201]);
    const ofCloudEvents = [cloudEvent('till'), cloudEvent('https://shop.example/eu')];
    expect(statusesOf(await send('application/cloudevents-batch+json', ofCloudEvents, '/v1/events/batch'))).toEqual([
      403, 201,
    ]);
    expect((await api.post({}, binary('shop'), key)).statusCode).toBe(201);
  });

  it('sends events of any source without a list', async () => {
    const api = apiUnderTest();
    const { key } = await createdKey(api, { sources: undefined });
    expect((await api.post({ ...order, source: 'anything' }, {}, key)).statusCode).toBe(201);
  });

  it('gives way to its expiry, by the clock of the process', async () => {
    const api = apiUnderTest();
    const { key } = await createdKey(api, { expiresAt: '2030-01-01T00:01:00.000Z' });
    api.clock.advance(59_999);
    expect((await api.call({ url: '/v1/me', as: key })).statusCode).toBe(200);
    api.clock.advance(1);
    expect((await api.call({ url: '/v1/me', as: key })).statusCode).toBe(401);
  });
});

describe('what is no live API key', () => {
  it('is refused with the answer that every bad token gets', async () => {
    const api = apiUnderTest({ limits: { refusalsWithoutDelay: 1_000 } });
    const { key } = await createdKey(api);
    const { key: expired } = await createdKey(api, { expiresAt: '2030-01-01T00:00:01.000Z' });
    const { key: revoked, id } = await createdKey(api);
    await revoke(api, id);
    api.clock.advance(1_000);
    const elsewhere = await createdKey(apiUnderTest());
    const bad = [
      ...[expired, revoked, elsewhere.key],
      ...Array.from({ length: key.length }, (_, end) => key.slice(0, end)).filter((text) => text !== ''),
      ...Array.from({ length: key.length - 3 }, (_, index) => changedAt(key, index + 3)),
      ...[key.toUpperCase(), key.toLowerCase(), key.slice(3), `${key}0`, `${key}=`, `eo_${key}`, `EO_${key.slice(3)}`],
    ];
    for (const as of bad) {
      const answer = await api.call({ url: '/v1/me', as });
      expect([answer.statusCode, answer.body], as).toEqual([401, refusal]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="eventops"');
    }
    expect((await api.call({ url: '/v1/me', as: key })).statusCode).toBe(200);
  });

  it('is not looked up when its checksum is wrong, nor given to the issuer of tokens', async () => {
    const { key } = await createdKey(apiUnderTest());
    let lookUps = 0;
    const counted = () => {
      lookUps++;
      return null;
    };
    const apiKeys = { withDigest: counted, stop: async () => {} } as unknown as ApiKeys;
    const { call } = apiUnderTest({ apiKeys, authenticator: { authenticate: async () => counted() } });
    for (const as of [changedAt(key, 20), changedAt(key, 51), key.slice(0, -1), 'eo_'])
      await call({ url: '/v1/me', as });
    expect(lookUps).toBe(0);
    await call({ url: '/v1/me', as: key });
    expect(lookUps).toBe(1);
  });

  it('is a token that takes the name of a key', async () => {
    const named = (clientId: string, subject: string) => ({
      ...{ clientId, subject, roles: ['admin'], scopes: [], tokenId: null },
    });
    const { id } = await createdKey(apiUnderTest());
    for (const principal of [named(`key:${id}`, 'alice'), named('shop', `key:${id}`)]) {
      const { call } = apiUnderTest({ authenticator: { authenticate: async () => principal } });
      expect((await call({ url: '/v1/me' })).statusCode).toBe(401);
    }
  });

  it('is one whose history is not what was written, and the list does not show it', async () => {
    const log = createInMemoryLog();
    const before = apiUnderTest({ log });
    const [more, revoked, whole] = [await createdKey(before), await createdKey(before), await createdKey(before)];
    await revoke(before, revoked.id);
    const change = { [`key-${more.id}`]: ['events:write', 'events:replay'], [`key-${revoked.id}`]: ['leaked', 'kept'] };
    const api = apiUnderTest({
      log: falsified(log, ({ stream, data }) => {
        const [text = '', instead = ''] = change[stream] ?? [];
        return { data: data.replace(text, instead) };
      }),
    });
    await api.apiKeys.caughtUp;
    const asked = [more, revoked, whole].map(
      async ({ key }) => (await api.call({ url: '/v1/me', as: key })).statusCode,
    );
    expect(await Promise.all(asked)).toEqual([401, 401, 200]);
    const { items } = (await api.call({ url: '/v1/api-keys' })).json();
    expect(items.map(({ id }: { id: string }) => id)).toEqual([whole.id]);
  });
});

describe('privileges', () => {
  it('are not gained by creating a key', async () => {
    const api = apiUnderTest();
    for (const permission of ['events:read', 'payloads:read', 'events:replay', 'events:discard', 'audit:read']) {
      const answer = await askForKey(
        api,
        { ...forTheTill, permissions: ['events:write', permission] },
        { as: 'key-maker' },
      );
      expect(answer.json()).toMatchObject({ status: 403, code: 'permission-not-grantable', permission });
    }
    expect(await api.recorded()).toEqual([]);
    expect((await askForKey(api, forTheTill, { as: 'key-maker' })).statusCode).toBe(201);
  });

  it('of a key never include letting others in', async () => {
    const api = apiUnderTest();
    const all = ['events:read', 'events:write', 'payloads:read', 'events:replay', 'events:discard', 'audit:read'];
    const { key } = await createdKey(api, { permissions: [...all, 'system:read'] });
    const answers = [
      await askForKey(api, forTheTill, { as: key }),
      await revoke(api, '091e518e-cffb-86e7-867b-354763635bbd', 'mine now', key),
      await api.call({ url: '/v1/api-keys', as: key }),
    ];
    for (const answer of answers) expect(answer.json()).toMatchObject({ status: 403, permission: 'access:manage' });
  });
});

describe('API keys that are not known yet', () => {
  it('are answered with a pause to make, and those that can be none with 401', async () => {
    const { key } = await createdKey(apiUnderTest());
    const unknown = () => {
      throw new ApiKeysUnavailable('not read yet');
    };
    const apiKeys = { withDigest: unknown, all: unknown, stop: async () => {} } as unknown as ApiKeys;
    const { call } = apiUnderTest({ apiKeys });
    const answer = await call({ url: '/v1/me', as: key });
    expect(answer.json()).toMatchObject({ status: 503, code: 'api-keys-unavailable' });
    expect(answer.headers['retry-after']).toBe('1');
    expect((await call({ url: '/v1/me', as: changedAt(key, 20) })).statusCode).toBe(401);
    expect((await call({ url: '/v1/api-keys' })).json()).toMatchObject({ code: 'api-keys-unavailable' });
    expect((await call({ url: '/v1/me' })).statusCode).toBe(200);
  });
});
