import type { HTTPMethods } from 'fastify';
import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';

const id = '091e518e-cffb-86e7-867b-354763635bbd';

/** Every route there is, and who may use it. `own`: for its own events alone. */
const matrix: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  'POST /v1/events': { shop: true, admin: true },
  'POST /v1/events/batch': { shop: true, admin: true },
  'GET /v1/events': { shop: true, viewer: true, auditor: true, operator: true, admin: true },
  'GET /v1/events/:id': { shop: true, viewer: true, auditor: true, operator: true, admin: true },
  'GET /v1/events/:id/history': { viewer: true, auditor: true, operator: true, admin: true },
  'GET /v1/events/:id/trace': { shop: true, viewer: true, auditor: true, operator: true, admin: true },
  'POST /v1/events/:id/replay': { admin: true },
  'GET /v1/dead-letters': { shop: true, viewer: true, auditor: true, operator: true, admin: true },
  'POST /v1/dead-letters/:id/discard': { admin: true },
  'POST /v1/api-keys': { admin: true },
  'GET /v1/api-keys': { admin: true },
  'POST /v1/api-keys/:id/revoke': { admin: true },
  'GET /v1/access-records': { auditor: true, admin: true },
  'GET /v1/me': { nobody: true, shop: true, viewer: true, auditor: true, operator: true, admin: true },
};
const everybody = ['nobody', 'shop', 'viewer', 'auditor', 'operator', 'admin'];
const requests = Object.entries(matrix).flatMap(([route, may]) =>
  everybody.map((as) => ({ route, as, isAdmitted: may[as] === true })),
);

function requestOf(route: string) {
  const [method, pattern] = route.split(' ') as ['GET' | 'POST', string];
  const isPost = method === 'POST';
  return {
    method,
    url: pattern.replace(':id', id),
    ...(isPost ? { headers: { 'content-type': 'application/json' }, payload: '[]' } : {}),
  };
}

describe('a route', () => {
  it('is in the matrix below, whichever it is', () => {
    const { server } = apiUnderTest();
    const isListed = (route: string) => {
      const [method, url] = route.split(' ') as [HTTPMethods, string];
      return server.hasRoute({ method, url });
    };
    const open = ['GET /healthz', 'GET /readyz', 'GET /openapi.json', 'GET /docs', 'GET /docs/:file'];
    for (const route of [...Object.keys(matrix), ...open]) expect([route, isListed(route)]).toEqual([route, true]);
    const printed = server.printRoutes({ commonPrefix: false, includeHooks: false });
    const count = [...printed.matchAll(/\((.*?)\)/g)].flatMap(([, methods]) => methods?.split(', ') ?? []);
    expect(count.filter((method) => method !== 'HEAD')).toHaveLength(Object.keys(matrix).length + open.length);
  });

  it.each(requests)('$route admits $as: $isAdmitted', async ({ route, as, isAdmitted }) => {
    const answer = await apiUnderTest().call({ ...requestOf(route), as });
    if (isAdmitted) expect([401, 403]).not.toContain(answer.statusCode);
    else
      expect(answer.json()).toMatchObject({ status: 403, code: 'permission-missing', permission: expect.any(String) });
  });

  it.each(Object.keys(matrix))('%s asks for a token before anything else', async (route) => {
    const { call } = apiUnderTest();
    const bodies = new Set<string>();
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'Bearer x',
      'Basic YTpi',
      'admin',
      'Bearer admin admin',
      'Bearer admin,',
    ])
      for (const headers of [{ authorization }, { authorization, 'content-type': 'text/plain' }]) {
        const answer = await call({ ...requestOf(route), as: null, headers });
        expect(answer.statusCode).toBe(401);
        expect(answer.headers['www-authenticate']).toBe('Bearer realm="eventops"');
        bodies.add(answer.body);
      }
    expect([...bodies]).toEqual([
      '{"type":"urn:eventops:problem:unauthenticated","title":"A valid token is required","status":401,"code":"unauthenticated"}',
    ]);
  });

  it.each(['GET', 'HEAD'] as const)('asks who calls once: %s', async (method) => {
    let asked = 0;
    const authenticate = async () => {
      asked++;
      return null;
    };
    await apiUnderTest({ authenticator: { authenticate } }).call({ method, url: `/v1/events/${id}` });
    expect(asked).toBe(1);
  });

  it('that does not declare itself stops the start', () => {
    const { server } = apiUnderTest();
    expect(() => server.get('/v1/secrets', () => 'everything')).toThrow('GET /v1/secrets does not declare itself');
  });
});

describe('a client that may only write', () => {
  it('finds its own events, and no others', async () => {
    const { call, post } = apiUnderTest();
    const own = (await post(order, {}, 'shop')).headers.location as string;
    const others = (await post(order, {}, 'other-shop')).headers.location as string;
    expect((await call({ url: own, as: 'shop' })).statusCode).toBe(200);
    const foreign = await call({ url: others, as: 'shop' });
    const unknown = await call({ url: `/v1/events/${id}`, as: 'shop' });
    expect([foreign.statusCode, foreign.body]).toEqual([404, unknown.body]);
    expect((await call({ url: others, as: 'viewer' })).statusCode).toBe(200);
  });

  it('learns nothing of another client by ETag, waiting or HEAD', async () => {
    const { call, post } = apiUnderTest();
    const url = (await post(order, {}, 'other-shop')).headers.location as string;
    const answers = [
      await call({ url, as: 'shop', headers: { 'if-none-match': '*' } }),
      await call({ url: `${url}?waitFor=RECEIVED`, as: 'shop' }),
      await call({ url: `${url}?waitFor=PROCESSED&timeoutMs=0`, as: 'shop' }),
      await call({ url, as: 'shop', method: 'HEAD' }),
    ];
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['etag']])).toEqual(
      answers.map(() => [404, undefined]),
    );
  });
});
