import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/api/limits.ts';
import { apiUnderTest } from '../../support/api/api-under-test.ts';
import { allServedRoutes, requestTo } from '../../support/api/served-routes.ts';

const withBody = allServedRoutes()
  .filter(({ body }) => body !== undefined)
  .map((route) => [`${route.method} ${route.path}`, route] as const);

/** Also with those that no role has. */
function withEveryPermission() {
  const api = apiUnderTest();
  return { ...api, call: (request: InjectOptions) => api.call({ ...request, as: 'corrector' }) };
}

const tricks = [
  'text/plain',
  'text/json',
  'application/json; charset=utf-7',
  'application/json; charset=utf-16',
  'application/json; charset=utf-8; x=y',
  'application/json;',
  ' application/json',
  '\tapplication/json',
  'application/json ',
  'application/json\t',
  'application/json\t;charset=utf-8',
  'application/json,text/plain',
  'text/plain,application/json',
  'application/jsonx',
  'application/problem+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'json',
  '*/*',
  '',
];

describe('a route that takes a body', () => {
  it('is one of several', () => {
    expect(withBody.length).toBeGreaterThan(3);
  });

  it.each(withBody)('%s takes no other content type, however it is spelled', async (_name, route) => {
    const { call, recorded } = withEveryPermission();
    for (const type of tricks) {
      const answer = await call({ ...requestTo(route), headers: { 'content-type': type } });
      expect([type, answer.statusCode]).toEqual([type, 415]);
    }
    expect(await recorded()).toEqual([]);
  });

  it.each(withBody)('%s checks the body whichever of its types is named', async (_name, route) => {
    const { call, recorded } = withEveryPermission();
    for (const type of Object.keys(route.body?.content ?? {}))
      for (const spelled of [type, type.toUpperCase(), `${type}; charset=utf-8`, `${type};charset="utf-8"`]) {
        const request = { ...requestTo(route), headers: { 'content-type': spelled }, payload: '{"unknown":1}' };
        const answer = await call(request);
        // A batch of lines is taken, and its one line refused.
        const isRefused = answer.statusCode === 200 ? answer.json().results[0].status === 400 : answer.statusCode < 500;
        expect([spelled, isRefused]).toEqual([spelled, true]);
      }
    expect(await recorded()).toEqual([]);
  });

  it.each(withBody)('%s takes nothing that is one byte too long', async (_name, route) => {
    const { call, recorded } = withEveryPermission();
    const payload = Buffer.alloc(defaultLimits[route.body?.mostBytes ?? 'bodyBytes'] + 1, 'x');
    expect((await call({ ...requestTo(route), payload })).statusCode).toBe(413);
    expect(await recorded()).toEqual([]);
  });

  it.each(withBody)('%s takes nothing that is encoded', async (_name, route) => {
    const { call, recorded } = withEveryPermission();
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, gzip', '']) {
      const { headers, ...request } = requestTo(route);
      const answer = await call({ ...request, headers: { ...headers, 'content-encoding': encoding } });
      expect([encoding, answer.statusCode]).toEqual([encoding, 415]);
    }
    expect(await recorded()).toEqual([]);
  });
});
