import { describe, expect, it } from 'vitest';
import { routes } from '../../src/api/routes/routes.ts';
import type { Principal } from '../../src/application/ports/authenticator.ts';
import { type ApiUnderTest, apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { manualClock } from '../support/api/manual-clock.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const people = (name: string): Principal => ({
  ...{ clientId: 'console', subject: name, roles: ['admin'], scopes: [], tokenId: null },
});

/** More patience than any test tries. */
const limits = { refusalsWithoutDelay: 1_000_000 };
const limited = (requestsPerMinute: number, actsPerMinute = 0, given: Parameters<typeof apiUnderTest>[0] = {}) =>
  apiUnderTest({ rateLimits: { requestsPerMinute, actsPerMinute }, limits, ...given });

const statusesOf = async (times: number, ask: () => ReturnType<ApiUnderTest['call']>) => {
  const statuses: number[] = [];
  for (let each = 0; each < times; each++) statuses.push((await ask()).statusCode);
  return statuses;
};
const times = (count: number, status: number) => Array.from({ length: count }, () => status);

describe.each([1, 2, 3])('a principal that may send %i requests a minute', (most) => {
  it('is refused the next one, with how long to wait, and none after that', async () => {
    const { call, post, clock, recorded } = limited(most);
    expect(await statusesOf(most, () => post(order))).toEqual(times(most, 201));
    const refused = await post(order);
    expect(refused.json()).toMatchObject({
      ...{ status: 429, code: 'quota-exceeded', 'violated-policies': ['requests'] },
      detail: expect.stringContaining(`At most ${most} requests`),
    });
    const seconds = Number(refused.headers['retry-after']);
    expect(refused.headers).toMatchObject({
      'ratelimit-policy': `"requests";q=${most};w=60`,
      ratelimit: `"requests";r=0;t=${seconds}`,
    });
    expect(await recorded()).toHaveLength(most);
    clock.advance(seconds * 1_000);
    expect((await call({ url: '/v1/me' })).statusCode).toBe(200);
  });

  it('is told with each answer what is left', async () => {
    const { call } = limited(most);
    for (let left = most - 1; left >= 0; left--)
      expect((await call({ url: '/v1/me' })).headers['ratelimit']).toMatch(new RegExp(`^"requests";r=${left};t=6\\d$`));
  });

  it('leaves all of theirs to others, of the same client, too', async () => {
    const authenticator = { authenticate: async (token: string) => people(token) };
    const { call } = limited(most, 0, { authenticator });
    const asked = (as: string) => statusesOf(most + 1, () => call({ url: '/v1/me', as }));
    expect(await asked('alice')).toEqual([...times(most, 200), 429]);
    expect(await asked('bob')).toEqual([...times(most, 200), 429]);
  });

  it.each([-5, 5])('may send as many and no more when the clock is set by %i hours', async (hours) => {
    const clock = manualClock();
    let wrongByMs = 0;
    const jumping = { ...clock, now: () => clock.now() + wrongByMs };
    const { call } = limited(most, 0, { clock: jumping });
    const asked = () => statusesOf(most + 1, () => call({ url: '/v1/me' }));
    expect(await asked()).toEqual([...times(most, 200), 429]);
    wrongByMs = hours * 3_600_000;
    expect(await asked()).toEqual(times(most + 1, 429));
    clock.advance(65_000);
    expect(await asked()).toEqual([...times(most, 200), 429]);
  });

  it('may try so many wrong tokens from one address', async () => {
    const { call } = limited(0, most);
    const guess = (remoteAddress: string) => call({ url: '/v1/me', as: 'guess', remoteAddress });
    expect(await statusesOf(most, () => guess('203.0.113.7'))).toEqual(times(most, 401));
    const refused = await guess('203.0.113.7');
    expect(refused.json()).toMatchObject({ status: 429, code: 'quota-exceeded', 'violated-policies': ['strangers'] });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(60);
    expect(refused.headers).not.toHaveProperty('ratelimit');
    expect((await guess('203.0.113.8')).statusCode).toBe(401);
  });
});

describe('a request counts', () => {
  it('as one, whatever becomes of it: refused, repeated, or a batch of many events', async () => {
    const { call, post } = limited(6);
    const headers = { 'idempotency-key': 'one' };
    expect((await post(order, headers)).statusCode).toBe(201);
    expect((await post(order, headers)).statusCode).toBe(200);
    expect((await post('{', headers)).statusCode).toBe(400);
    const batch = JSON.stringify(Array.from({ length: 50 }, () => order));
    const json = { 'content-type': 'application/json' };
    expect((await call({ method: 'POST', url: '/v1/events/batch', headers: json, payload: batch })).statusCode).toBe(
      200,
    );
    expect((await call({ url: '/v1/events/unknown' })).statusCode).toBe(404);
    const last = await call({
      method: 'POST',
      url: '/v1/events',
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    });
    expect([last.statusCode, last.headers['ratelimit']]).toEqual([415, '"requests";r=0;t=65']);
    expect((await post(order, headers)).statusCode).toBe(429);
  });

  it('also when a permission is missing', async () => {
    const { call } = limited(2);
    expect(await statusesOf(3, () => call({ url: '/v1/events', as: 'nobody' }))).toEqual([403, 403, 429]);
  });

  it('not when it is for everyone', async () => {
    const { call } = limited(1, 1);
    expect(await statusesOf(5, () => call({ url: '/healthz' }))).toEqual(times(5, 200));
    expect(await statusesOf(5, () => call({ url: '/readyz', as: 'guess' }))).toEqual(times(5, 200));
    expect(await statusesOf(5, () => call({ url: '/openapi.json', as: null }))).toEqual(times(5, 200));
  });

  it('not at all without a setting', async () => {
    const { call, post } = limited(0, 0);
    expect(await statusesOf(200, () => post(order))).toEqual(times(200, 201));
    expect(await statusesOf(200, () => call({ url: '/v1/me', as: 'guess' }))).toEqual(times(200, 401));
    expect((await post(order)).headers).not.toHaveProperty('ratelimit');
  });
});

describe('acts', () => {
  it('are what changes events, plans, rebuilds, failure groups or who may do what, and exports', () => {
    const acts = routes.filter(({ countsAs }) => countsAs === 'act').map(({ path }) => path);
    expect([...acts].sort()).toEqual([
      '/v1/api-keys',
      '/v1/api-keys/:id/revoke',
      '/v1/audit/export',
      '/v1/dead-letters/:id/discard',
      '/v1/events/:id/corrections',
      '/v1/events/:id/explanation',
      '/v1/events/:id/repair',
      '/v1/events/:id/replay',
      '/v1/failure-groups/:id/merge',
      '/v1/failure-groups/:id/resolve',
      '/v1/failure-groups/:id/split',
      '/v1/failure-groups/:id/undo',
      '/v1/projections/:name/rebuilds',
      '/v1/projections/:name/rebuilds/:id/:act',
      '/v1/replay-plans',
      '/v1/replay-plans/:id/abort',
      '/v1/replay-plans/:id/pause',
      '/v1/replay-plans/:id/resume',
      '/v1/replay-plans/:id/start',
      '/v1/types/:type/pause',
      '/v1/types/:type/resume',
    ]);
  });

  it('have a quota of their own beside that of all requests', async () => {
    const log = createInMemoryLog();
    const { call, clock } = limited(5, 2, { log });
    const dead = await Promise.all(
      [0, 1, 2].map(async () => {
        const { id } = (await apiUnderTest({ log }).post(order)).json();
        const life = eventLife(log, clock, id);
        await life.start();
        await life.failForGood();
        return id;
      }),
    );
    const replay = (index: number) =>
      call({
        ...{ method: 'POST', url: `/v1/events/${dead[index]}/replay`, payload: { reason: 'correct now' } },
      });
    const first = await replay(0);
    expect([first.statusCode, first.headers['ratelimit-policy']]).toEqual([
      202,
      '"requests";q=5;w=60, "acts";q=2;w=60',
    ]);
    expect(first.headers['ratelimit']).toBe('"requests";r=4;t=65, "acts";r=1;t=65');
    expect((await replay(1)).statusCode).toBe(202);
    const refused = await replay(2);
    expect(refused.json()).toMatchObject({ code: 'quota-exceeded', 'violated-policies': ['acts'] });
    // The refused one is counted as none.
    expect(refused.headers['ratelimit']).toBe('"requests";r=3;t=65, "acts";r=0;t=65');
    expect((await call({ url: '/v1/me' })).headers['ratelimit']).toBe('"requests";r=2;t=65');
  });
});

describe('a stranger', () => {
  it('does not use up what those with a token have, from the same address', async () => {
    const { call } = limited(10, 1);
    expect(await statusesOf(5, () => call({ url: '/v1/me', as: 'guess' }))).toEqual([401, ...times(4, 429)]);
    expect((await call({ url: '/v1/me' })).headers['ratelimit']).toBe('"requests";r=9;t=65');
  });

  it('is one address, all of a network of IPv6, and who stands behind a proxy that is trusted', async () => {
    const { call } = limited(0, 1, { trustProxy: ['10.0.0.7'] });
    const guess = (remoteAddress: string, forwarded?: string) =>
      call({
        ...{ url: '/v1/me', as: 'guess', remoteAddress },
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      }).then(({ statusCode }) => statusCode);
    expect(await guess('2001:db8::1')).toBe(401);
    expect(await guess('2001:db8::2')).toBe(429);
    expect(await guess('2001:db8:0:1::1')).toBe(401);
    expect(await guess('10.0.0.7', '203.0.113.1')).toBe(401);
    expect(await guess('10.0.0.7', '203.0.113.2')).toBe(401);
    expect(await guess('10.0.0.7', '198.51.100.1, 203.0.113.2')).toBe(429);
    // Whoever is no proxy can say what he likes.
    expect(await guess('10.0.0.8', '203.0.113.3')).toBe(401);
    expect(await guess('10.0.0.8', '203.0.113.4')).toBe(429);
    // What is no address is that of the proxy.
    expect(await guess('10.0.0.7', 'unknown')).toBe(401);
    expect(await guess('10.0.0.7', 'x'.repeat(5_000))).toBe(429);
  });
});

it('who does not wait is told to wait as long as before, not less', async () => {
  const { call, clock } = limited(1, 0, { limits: { refusalsWithoutDelay: 0, delayPerRefusalMs: 1 } });
  expect((await call({ url: '/v1/me' })).statusCode).toBe(200);
  for (let each = 0; each < 3; each++) {
    const answer = call({ url: '/v1/me' });
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10);
    expect((await answer).headers['retry-after']).toBe('65');
  }
});
