import { describe, expect, it } from 'vitest';
import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import { askForKey, createdKey, forTheTill, revoke } from '../../support/api/api-keys.ts';
import { apiUnderTest, order } from '../../support/api/api-under-test.ts';

describe('creating an API key', () => {
  it('answers with the key, which nothing shows or records again', async () => {
    const api = apiUnderTest();
    const answer = await askForKey(api, { ...forTheTill, expiresAt: '2031-01-31T01:00:00+01:00' });
    expect(answer.statusCode).toBe(201);
    const { key, ...view } = answer.json();
    expect(view).toEqual({
      ...{ id: expect.any(String), prefix: key.slice(0, 11), ...forTheTill },
      ...{ createdAt: '2030-01-01T00:00:00.000Z', createdBy: 'admin-subject', expiresAt: '2031-01-31T00:00:00.000Z' },
      ...{ lastUsedAt: null, revokedAt: null },
    });
    await api.post(order, {}, key);
    await revoke(api, view.id);
    const list = await api.call({ url: '/v1/api-keys' });
    expect(list.json().items).toEqual([expect.objectContaining({ id: view.id })]);
    const everything = list.body + JSON.stringify(await api.recorded(), (_, value) => String(value));
    expect(JSON.stringify((await api.recorded()).map(({ data, metadata }) => data + metadata))).not.toContain(
      key.slice(11),
    );
    expect(everything).not.toContain(key.slice(11));
  });

  it('makes another key each time', async () => {
    const api = apiUnderTest();
    const keys = [await createdKey(api), await createdKey(api)];
    expect(new Set(keys.flatMap(({ id, key }) => [id, key])).size).toBe(4);
  });

  it('under an idempotency key makes one key, and shows it in the first answer alone', async () => {
    const api = apiUnderTest();
    const first = await askForKey(api, forTheTill, { idempotencyKey: 'till-4' });
    const { key, ...view } = first.json();
    const again = await askForKey(api, forTheTill, { idempotencyKey: 'till-4' });
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.json()).toEqual(view);
    const other = await askForKey(api, { ...forTheTill, name: 'till 5' }, { idempotencyKey: 'till-4' });
    expect(other.json()).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect((await api.call({ url: '/v1/api-keys' })).json().items).toHaveLength(1);
    expect((await api.call({ url: '/v1/me', as: key })).statusCode).toBe(200);
  });

  it.each([
    ['without a name', { name: undefined }, '/name'],
    ['with an empty name', { name: '' }, '/name'],
    ['with a name of several lines', { name: 'a\nb' }, '/name'],
    ['with a name that cannot be seen', { name: '\u2800' }, '/name'],
    ['with a name that is too long', { name: 'x'.repeat(101) }, '/name'],
    ['without permissions', { permissions: [] }, '/permissions'],
    ['with a permission that is none', { permissions: ['events:*'] }, '/permissions/0'],
    ['with one permission twice', { permissions: ['events:write', 'events:write'] }, '/permissions'],
    ['with the right to let others in', { permissions: ['access:manage'] }, '/permissions/0'],
    ['for no source', { sources: [] }, '/sources'],
    ['for what is no source', { sources: ['a b'] }, '/sources/0'],
    ['for too many sources', { sources: Array.from({ length: 21 }, (_, index) => `shop-${index}`) }, '/sources'],
    ['for sources that are too long', { sources: ['a', 'b', 'c'].map((each) => each.repeat(2_000)) }, '/sources'],
    ['with an expiry that is no moment', { expiresAt: 'tomorrow' }, '/expiresAt'],
    ['with a member that is not known', { roles: ['admin'] }, '/roles'],
    ['with an id of its own', { id: '091e518e-cffb-86e7-867b-354763635bbd' }, '/id'],
  ])('is refused %s', async (_what, but, pointer) => {
    const api = apiUnderTest();
    const answer = await askForKey(api, { ...forTheTill, ...but });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(answer.json().errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect(await api.recorded()).toEqual([]);
  });

  it.each(['2029-12-31T23:59:59.999Z', '2030-01-01T00:00:00Z'])('is refused when it would expire at %s', async (at) => {
    const answer = await askForKey(apiUnderTest(), { ...forTheTill, expiresAt: at });
    expect(answer.json()).toMatchObject({ status: 400, code: 'expiry-not-in-future' });
  });

  it('that was asked for before is answered, also where as many are live as may be', async () => {
    const api = apiUnderTest({ limits: { liveApiKeys: 1 } });
    const { key: _shownOnce, ...view } = (await askForKey(api, forTheTill, { idempotencyKey: 'till-4' })).json();
    const again = await askForKey(api, forTheTill, { idempotencyKey: 'till-4' });
    expect([again.statusCode, again.json()]).toEqual([200, view]);
    const another = await askForKey(api, forTheTill, { idempotencyKey: 'till-5' });
    expect(another.json()).toMatchObject({ status: 409, code: 'too-many-api-keys' });
  });

  it('that was asked for before is answered, also after the key has expired', async () => {
    const api = apiUnderTest();
    const expiring = { ...forTheTill, expiresAt: '2030-01-01T00:00:01.000Z' };
    const { key: _shownOnce, ...view } = (await askForKey(api, expiring, { idempotencyKey: 'till-4' })).json();
    api.clock.advance(1_000);
    const again = await askForKey(api, expiring, { idempotencyKey: 'till-4' });
    expect([again.statusCode, again.json()]).toEqual([200, view]);
  });

  it('is refused where as many are live as may be, until one has ended', async () => {
    const api = apiUnderTest({ limits: { liveApiKeys: 2 } });
    const { id } = await createdKey(api);
    await createdKey(api, { expiresAt: '2030-01-01T00:00:01.000Z' });
    const answer = await askForKey(api, forTheTill);
    expect(answer.json()).toMatchObject({ status: 409, code: 'too-many-api-keys' });
    await revoke(api, id);
    await createdKey(api);
    api.clock.advance(1_000);
    await createdKey(api);
  });
});

describe('revoking an API key', () => {
  it('ends it at once, and records who did it and why', async () => {
    const api = apiUnderTest();
    const { id, key } = await createdKey(api);
    expect((await api.post(order, {}, key)).statusCode).toBe(201);
    const answer = await revoke(api, id, 'the till was stolen');
    expect(answer.json()).toMatchObject({ id, revokedAt: '2030-01-01T00:00:00.000Z' });
    expect((await api.post(order, {}, key)).statusCode).toBe(401);
    const last = (await api.recorded()).at(-1);
    expect([last?.type, JSON.parse(last?.data ?? '')]).toEqual([
      'ApiKeyRevoked',
      { reason: 'the till was stolen', requestedBy: 'admin-subject', revokedAt: '2030-01-01T00:00:00.000Z' },
    ]);
  });

  it('for the same reason again changes nothing, and for another one is refused', async () => {
    const api = apiUnderTest();
    const { id } = await createdKey(api);
    const first = await revoke(api, id);
    api.clock.advance(1_000);
    const again = await revoke(api, id.toUpperCase());
    expect([again.statusCode, again.body]).toEqual([200, first.body]);
    expect((await revoke(api, id, 'not needed')).json()).toMatchObject({ status: 409, code: 'api-key-revoked' });
    expect(await api.recorded()).toHaveLength(2);
  });

  it.each(['091e518e-cffb-86e7-867b-354763635bbd', 'x', '..%2fme', 'event-1'])(
    'that was never created is refused: %s',
    async (id) => {
      const api = apiUnderTest();
      expect((await revoke(api, id)).json()).toMatchObject({ status: 404, code: 'api-key-not-found' });
    },
  );

  it('without a reason is refused', async () => {
    const api = apiUnderTest();
    const { id } = await createdKey(api);
    expect((await revoke(api, id, '')).json()).toMatchObject({ status: 400, code: 'invalid-request' });
  });
});

describe('the list of API keys', () => {
  const names = (answer: { json(): { items: { name: string }[] } }) => answer.json().items.map(({ name }) => name);

  it('has the newest first, in pages', async () => {
    const api = apiUnderTest();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await createdKey(api, { name });
      api.clock.advance(1);
    }
    const first = await api.call({ url: '/v1/api-keys?limit=2' });
    const second = await api.call({ url: `/v1/api-keys?limit=2&cursor=${first.json().nextCursor}` });
    const third = await api.call({ url: `/v1/api-keys?limit=2&cursor=${second.json().nextCursor}` });
    expect([first, second, third].map(names)).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
    expect(third.json().nextCursor).toBeNull();
  });

  it('has each key once where several were created at one moment', async () => {
    const api = apiUnderTest();
    for (const name of ['a', 'b', 'c']) await createdKey(api, { name });
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await api.call({ url: `/v1/api-keys?limit=1${cursor}` });
      found.push(...names(page));
      if (page.json().nextCursor === null) break;
      cursor = `&cursor=${page.json().nextCursor}`;
    }
    expect(found.sort()).toEqual(['a', 'b', 'c']);
  });

  it('refuses the cursor of another list', async () => {
    const api = apiUnderTest();
    await createdKey(api);
    await createdKey(api);
    const { nextCursor } = (await api.call({ url: '/v1/api-keys?limit=1' })).json();
    for (const url of [`/v1/events?cursor=${nextCursor}`, `/v1/api-keys?cursor=${nextCursor.slice(1)}`])
      expect((await api.call({ url })).json()).toMatchObject({ status: 400, code: 'cursor-refused' });
  });

  it('has no next page while the database is unavailable that keeps what cursors are made with', async () => {
    const api = apiUnderTest({
      cursorKey: () => Promise.reject(new ReadDatabaseUnavailable('It is stopped')),
    });
    await createdKey(api);
    expect((await api.call({ url: '/v1/api-keys' })).statusCode).toBe(200);
    await createdKey(api);
    expect((await api.call({ url: '/v1/api-keys?limit=1' })).json().code).toBe('read-database-unavailable');
  });

  it('shows the hour of the last use, as kept by any process or as this one knows it', async () => {
    const elsewhere = new Map<string, string>();
    let isAway = false;
    const keyUses = {
      lastUses: async () => (isAway ? Promise.reject(new Error('away')) : elsewhere),
      save: async () => (isAway ? Promise.reject(new Error('away')) : undefined),
    };
    const api = apiUnderTest({ keyUses });
    const { id, key } = await createdKey(api);
    const lastUsedAt = async () => (await api.call({ url: '/v1/api-keys' })).json().items[0].lastUsedAt;
    expect(await lastUsedAt()).toBeNull();
    elsewhere.set(id, '2029-12-31T23:00:00.000Z');
    expect(await lastUsedAt()).toBe('2029-12-31T23:00:00.000Z');
    api.clock.advance(90 * 60_000);
    await api.call({ url: '/v1/me', as: key });
    expect(await lastUsedAt()).toBe('2030-01-01T01:00:00.000Z');
    elsewhere.set(id, '2030-01-01T07:00:00.000Z');
    expect(await lastUsedAt()).toBe('2030-01-01T07:00:00.000Z');
    isAway = true;
    expect(await lastUsedAt()).toBe('2030-01-01T01:00:00.000Z');
  });
});
