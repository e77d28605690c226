import { describe, expect, it } from 'vitest';
import { type Access, permissionsOfRoles } from '../../../src/api/permissions.ts';
import type { Principal } from '../../../src/application/ports/authenticator.ts';
import { apiUnderTest } from '../../support/api/api-under-test.ts';
import { documentedPermissions } from '../../support/api/documented-permissions.ts';
import { allServedRoutes, isGuarded, requestTo } from '../../support/api/served-routes.ts';

const all = allServedRoutes().map((route) => [`${route.method} ${route.path}`, route] as const);
const guarded = all.filter(([, route]) => isGuarded(route));

const principal = (roles: readonly string[], scopes: readonly string[] = []): Principal => ({
  ...{ clientId: 'client', subject: 'someone', tokenId: null, roles, scopes },
});

/** The API, whose clients all have these roles. */
const apiOf = (roles: readonly string[], replayRole?: 'operator' | 'admin') =>
  apiUnderTest({
    authenticator: { authenticate: async () => principal(roles) },
    permissionsOfRoles: permissionsOfRoles(replayRole),
  });

/** What is missing for a route; `null` when nothing is. */
function missing(access: Access, has: (permission: string) => boolean): string | null {
  if (access === 'public' || access === 'authenticated') return null;
  const { permission, forOwnEvents, and } = access;
  if (!has(permission) && !(forOwnEvents !== undefined && has(forOwnEvents))) return permission;
  return and === undefined ? null : missing(and, has);
}

const { roles } = documentedPermissions();
const matrix = (['admin', 'operator'] as const).flatMap((replayRole) =>
  roles.flatMap((role) => guarded.map(([name, route]) => ({ role, replayRole, name, route }))),
);

describe('a role', () => {
  it('is one of the table in the documentation', () => {
    expect([...permissionsOfRoles().keys()]).toEqual(roles);
    expect(roles).toEqual(['viewer', 'auditor', 'operator', 'admin']);
    expect(guarded.length).toBeGreaterThan(8);
  });

  it.each(['admin', 'operator'] as const)('has the permissions of that table with REPLAY_ROLE=%s', (replayRole) => {
    const documented = documentedPermissions(replayRole);
    const ofRoles = permissionsOfRoles(replayRole);
    for (const role of roles)
      expect([role, [...(ofRoles.get(role) ?? [])].sort()]).toEqual([
        role,
        documented.permissions.filter((permission) => documented.has(role, permission)).sort(),
      ]);
  });

  it.each(matrix)('gets what the table says: $role, $name, REPLAY_ROLE=$replayRole', async (given) => {
    const { role, replayRole, route } = given;
    const answer = await apiOf([role], replayRole).call(requestTo(route));
    const { has } = documentedPermissions(replayRole);
    const permission = missing(route.access, (each) => has(role, each));
    if (permission === null) expect([401, 403]).not.toContain(answer.statusCode);
    else expect(answer.json()).toMatchObject({ status: 403, code: 'permission-missing', permission });
  });
});

describe('what is no role', () => {
  it.each([
    [],
    ['Admin'],
    ['ADMIN'],
    [' admin'],
    ['admin '],
    ['viewer,admin'],
    ['admin\u200b'],
    ['аdmin'],
    ['__proto__'],
    ['constructor'],
    ['toString'],
    ['*'],
    ['events:write'],
  ])('permits nothing on any route: %j', async (...given) => {
    const { call } = apiOf(given);
    for (const [name, route] of guarded) {
      const { statusCode } = await call(requestTo(route));
      if (route.access === 'authenticated') expect([name, statusCode]).toEqual([name, 200]);
      else expect([name, statusCode]).toEqual([name, 403]);
    }
  });
});

const ofTheConsole = new Set(['getConsolePage', 'getConsoleFile', 'getConsoleSettings', 'issueDevelopmentToken']);

describe('without a token', () => {
  it.each(all)('%s answers as it declares: open, or 401', async (_name, route) => {
    const { statusCode } = await apiUnderTest().call({ ...requestTo(route), as: null });
    if (isGuarded(route)) expect(statusCode).toBe(401);
    // There is no console here.
    else expect(ofTheConsole.has(route.name) ? [404] : [200, 503]).toContain(statusCode);
  });

  it('no route is open but these', () => {
    expect(all.filter(([, route]) => !isGuarded(route)).map(([name]) => name)).toEqual([
      'GET /',
      'GET /healthz',
      'GET /readyz',
      'GET /assets/:file',
      'GET /console/settings',
      'POST /console/development-tokens/:role',
      'GET /openapi.json',
      'GET /docs',
      'GET /docs/:file',
    ]);
  });
});
