import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { allServedRoutes, isGuarded, requestTo } from '../support/api/served-routes.ts';

const id = '091e518e-cffb-86e7-867b-354763635bbd';

const guarded = allServedRoutes()
  .filter(isGuarded)
  .map((route) => [`${route.method} ${route.path}`, route] as const);

describe('a route', () => {
  it.each(guarded)('%s asks for a token before anything else', async (_name, route) => {
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
        const answer = await call({ ...requestTo(route), as: null, headers });
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
