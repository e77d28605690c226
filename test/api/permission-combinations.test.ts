import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/application/ports/authenticator.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { allServedRoutes } from '../support/api/served-routes.ts';

const permissions = ['events:read', 'events:write', 'events:replay', 'events:discard', 'audit:read'] as const;
const secret = 'card-4242';
const unknown = '091e518e-cffb-86e7-867b-354763635bbd';

/** Every set of permissions, by the names of what is in it. */
const sets = Array.from({ length: 2 ** permissions.length }, (_, set) =>
  permissions.filter((_permission, bit) => (set & (1 << bit)) !== 0),
);

/** Events of two clients, one still waiting and one dead of each, and a caller who belongs to the first. */
async function withTwoClients(scopes: readonly string[]) {
  const principal = (clientId: string, all: readonly string[]): Principal => ({
    ...{ clientId, subject: clientId, roles: [], scopes: all, tokenId: null },
  });
  const callers: Record<string, Principal> = {
    caller: principal('shop', scopes),
    shop: principal('shop', permissions),
    other: principal('other-shop', permissions),
  };
  const api = apiUnderTest({ authenticator: { authenticate: async (token) => callers[token] ?? null } });
  const post = async (as: string, isDead: boolean) => {
    const { id } = (await api.post({ ...order, payload: { secret, as } }, {}, as)).json();
    const life = eventLife(api.log, api.clock, id);
    if (isDead) {
      await life.start();
      await life.failForGood();
    }
    return String(id);
  };
  return {
    ...api,
    own: [await post('shop', false), await post('shop', true)],
    foreign: [await post('other', false), await post('other', true)],
  };
}

/** Every route about one event, from the server's own table. */
const routesOfOneEvent = () =>
  allServedRoutes()
    .filter(({ path }) => /^\/v1\/(events|dead-letters)\/:id/.test(path))
    .map(({ method, path }) => [method, path] as const);

type Route = ReturnType<typeof routesOfOneEvent>[number];

const requestOf = ([method, path]: Route, id: string) => ({
  method,
  url: path.replace(':id', id),
  as: 'caller',
  ...(method === 'POST' ? { headers: { 'content-type': 'application/json' }, payload: '{"reason":"x"}' } : {}),
});

describe('a route about one event', () => {
  it('is one of these', () => {
    expect(routesOfOneEvent().map((route) => route.join(' '))).toEqual([
      'GET /v1/events/:id',
      'GET /v1/events/:id/history',
      'GET /v1/events/:id/receipt',
      'POST /v1/events/:id/replay',
      'POST /v1/events/:id/repair',
      'GET /v1/events/:id/trace',
      'GET /v1/events/:id/diff',
      'GET /v1/events/:id/explanation',
      'POST /v1/events/:id/explanation',
      'GET /v1/events/:id/similar',
      'POST /v1/events/:id/corrections',
      'POST /v1/dead-letters/:id/discard',
    ]);
  });

  it.each(sets)('shows no more than may be read with %s %s %s %s %s', async (...set) => {
    const mayReadAll = set.some((each) => each === 'events:read' || each === 'audit:read');
    const { own, foreign, call } = await withTwoClients(set);
    for (const route of routesOfOneEvent()) {
      const noSuchEvent = await call(requestOf(route, unknown));
      for (const id of mayReadAll ? [] : foreign) {
        const { statusCode, body } = await call(requestOf(route, id));
        expect([route, statusCode, body]).toEqual([route, noSuchEvent.statusCode, noSuchEvent.body]);
      }
      for (const id of mayReadAll || set.includes('events:write') ? [] : own) {
        const { body } = await call(requestOf(route, id));
        expect([route, body.includes(secret)]).toEqual([route, false]);
      }
    }
  });

  it('that audits is no way around reading for who may replay, repair or discard', async () => {
    for (const [act, path] of [
      ['events:replay', 'events/:id/replay'],
      ['projections:rebuild', 'events/:id/repair'],
      ['events:discard', 'dead-letters/:id/discard'],
    ] as const) {
      const { foreign, call } = await withTwoClients([act, 'audit:read']);
      for (const id of [...foreign, unknown]) {
        const answer = await call(requestOf(['POST', `/v1/${path}`], id));
        expect(answer.json()).toMatchObject({ status: 403, permission: 'events:read' });
      }
    }
  });
});
