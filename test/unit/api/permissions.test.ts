import { describe, expect, it } from 'vitest';
import { admit, isPermitted, knownRoles, type Permission } from '../../../src/api/permissions.ts';
import type { Principal } from '../../../src/application/ports/authenticator.ts';

const all: readonly Permission[] = ['events:read', 'events:write', 'events:replay', 'events:discard', 'audit:read'];
const principal = (given: Partial<Principal>): Principal => ({
  ...{ clientId: 'shop', subject: 'shop', roles: [], scopes: [], tokenId: null },
  ...given,
});
const permitted = (given: Partial<Principal>) => all.filter((each) => isPermitted(principal(given), each));

describe('roles', () => {
  it.each([
    ['viewer', ['events:read', 'audit:read']],
    ['operator', ['events:read', 'events:discard', 'audit:read']],
    ['admin', all],
  ])('permit what the table says: %s', (role, permissions) => {
    expect(permitted({ roles: [role] })).toEqual(permissions);
  });

  it.each([
    'Admin',
    'ADMIN',
    'admin ',
    ' admin',
    'admin\0',
    'admin,viewer',
    '',
    '__proto__',
    'constructor',
    'toString',
  ])('that are not exactly one of the table permit nothing: %j', (role) => {
    expect(permitted({ roles: [role] })).toEqual([]);
  });

  it('are recorded only where they mean something', () => {
    expect(knownRoles(principal({ roles: ['admin', 'of-another-system', 'Viewer'] }))).toEqual(['admin']);
  });
});

describe('scopes', () => {
  it.each(all)('permit what they name: %s', (scope) => {
    expect(permitted({ scopes: [scope] })).toEqual([scope]);
  });

  it.each(['events', 'events:*', '*', 'Events:read', 'events:read ', 'admin'])('permit nothing else: %j', (scope) => {
    expect(permitted({ scopes: [scope] })).toEqual([]);
  });
});

describe('admission', () => {
  const access = { permission: 'events:read', forOwnEvents: 'events:write' } as const;

  it('sees everything with the permission', () => {
    expect(admit(principal({ roles: ['viewer'] }), access)).toEqual({ admitted: true, ownEventsOnly: false });
  });

  it('sees its own events with the lesser one', () => {
    expect(admit(principal({ scopes: ['events:write'] }), access)).toEqual({ admitted: true, ownEventsOnly: true });
  });

  it('is refused with neither, and told what is missing', () => {
    expect(admit(principal({}), access)).toEqual({ admitted: false, missing: 'events:read' });
    expect(admit(principal({ scopes: ['events:write'] }), { permission: 'audit:read' })).toEqual({
      admitted: false,
      missing: 'audit:read',
    });
  });
});
