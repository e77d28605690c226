import { describe, expect, it } from 'vitest';
import type { AnsweredRequest } from '../../src/api/plugins/answered-requests.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';

function setUp() {
  const answered: AnsweredRequest[] = [];
  const api = apiUnderTest({ requestAnswered: (request) => void answered.push(request) });
  return {
    ...api,
    answered: () => answered.map(({ route, method, status }) => [route, method, status]),
    all: answered,
  };
}

describe('a request that is answered', () => {
  it('is reported by the template of its route, its method and its status, also when it is refused', async () => {
    const { call, post, answered } = setUp();
    const { id } = (await post(order)).json();
    await call({ url: `/v1/events/${id}?secret=1` });
    await call({ url: `/v1/events/${id}`, as: null });
    await call({ url: '/v1/events/a%00b' });
    expect(answered()).toEqual([
      ['/v1/events', 'POST', 201],
      ['/v1/events/:id', 'GET', 400],
      ['/v1/events/:id', 'GET', 401],
      ['/v1/events/:id', 'GET', 404],
    ]);
  });

  it('is of no route where there is none for its path or its method', async () => {
    const { call, answered } = setUp();
    await call({ url: '/v1/secret/path' });
    await call({ url: '/v1/events', method: 'DELETE' });
    await call({ url: `/v1/${'x'.repeat(9_000)}` });
    expect(answered()).toEqual([
      [null, 'GET', 404],
      [null, 'DELETE', 405],
      [null, 'GET', 414],
    ]);
  });

  it('as a long poll is of a route of its own: it takes as long as its client wants', async () => {
    const { call, post, answered } = setUp();
    const { id } = (await post(order)).json();
    await call({ url: `/v1/events/${id}?waitFor=RECEIVED` });
    expect(answered().at(-1)).toEqual(['/v1/events/:id?waitFor', 'GET', 200]);
  });

  it('took no less than no time', async () => {
    const { post, all } = setUp();
    await post(order);
    expect(all[0]?.durationMs).toBeGreaterThanOrEqual(0);
  });
});
