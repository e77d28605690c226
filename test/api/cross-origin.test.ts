import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';

const ours = 'https://console.example';
const corsOrigins = [ours, 'https://admin.example'];
const preflight = (origin: string, url = '/v1/events') => ({
  ...({ method: 'OPTIONS', url, as: null } as const),
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,idempotency-key',
  },
});

describe('a page', () => {
  it('of an origin that is named may use the API, and read what its client needs', async () => {
    const { call, post } = apiUnderTest({ corsOrigins });
    const asked = await call(preflight(ours));
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': ours,
      'access-control-allow-methods': 'GET,HEAD,POST',
      'access-control-allow-headers': 'authorization,content-type,idempotency-key',
      'access-control-max-age': '600',
      'cache-control': 'no-store',
    });
    const { headers } = await post(order, { origin: ours });
    expect(headers).toMatchObject({ 'access-control-allow-origin': ours, vary: 'Origin' });
    for (const name of ['etag', 'location', 'retry-after', 'ratelimit', 'x-request-id'])
      expect(headers['access-control-expose-headers']).toContain(name);
  });

  it('of such an origin can read why it is refused', async () => {
    const { call } = apiUnderTest({ corsOrigins });
    for (const [status, request] of [
      [401, { url: '/v1/events', as: null }],
      [403, { url: '/v1/events', as: 'nobody' }],
      [404, { url: '/v1/nothing' }],
    ] as const) {
      const answer = await call({ ...request, headers: { origin: ours } });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe(ours);
    }
  });

  it.each(['https://console.example.evil', 'http://console.example', 'https://console.example:8443', 'null', '*'])(
    'of any other origin may not: %s (S5)',
    async (origin) => {
      const { call, post } = apiUnderTest({ corsOrigins });
      expect((await call(preflight(origin))).headers).not.toHaveProperty('access-control-allow-origin');
      expect((await post(order, { origin })).headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('of no origin may, where none is named: a preflight is a method that is not there', async () => {
    const { call, post } = apiUnderTest();
    const asked = await call(preflight(ours));
    expect([asked.statusCode, asked.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
    expect((await post(order, { origin: ours })).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('never sends credentials that a browser keeps by itself', async () => {
    const { call } = apiUnderTest({ corsOrigins });
    expect((await call(preflight(ours))).headers).not.toHaveProperty('access-control-allow-credentials');
  });
});
