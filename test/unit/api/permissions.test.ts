import { describe, expect, it } from 'vitest';
import {
  admit,
  isPermitted,
  knownRoles,
  type Permission,
  permissionsOfKeys,
  permissionsOfRoles,
} from '../../../src/api/permissions.ts';
import type { Principal } from '../../../src/application/ports/authenticator.ts';

const all: readonly Permission[] = [
  'events:read',
  'events:write',
  'payloads:read',
  'events:replay',
  'events:discard',
  'events:correct',
  'plans:manage',
  'types:pause',
  'failures:manage',
  'audit:read',
  'system:read',
  'projections:rebuild',
  'access:manage',
];
/** What no role permits is given as a scope. */
const ofAdmins = all.filter((each) => each !== 'events:correct');
const principal = (given: Partial<Principal>): Principal => ({
  ...{ clientId: 'shop', subject: 'shop', roles: [], scopes: [], tokenId: null },
  ...given,
});
const permitted = (given: Partial<Principal>) => all.filter((each) => isPermitted(principal(given), each));

describe('roles', () => {
  it.each([
    ['viewer', ['events:read', 'audit:read']],
    ['auditor', ['events:read', 'payloads:read', 'audit:read']],
    [
      'operator',
      [
        ...['events:read', 'payloads:read', 'types:pause', 'failures:manage', 'audit:read', 'system:read'],
        'projections:rebuild',
      ],
    ],
    ['admin', ofAdmins],
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

  it('let operators replay where that is wanted, and never discard', () => {
    const ofRoles = permissionsOfRoles('operator');
    const may = (role: string) => all.filter((each) => isPermitted(principal({ roles: [role] }), each, ofRoles));
    expect(may('operator')).toEqual([
      ...['events:read', 'payloads:read', 'events:replay', 'types:pause', 'failures:manage', 'audit:read'],
      ...['system:read', 'projections:rebuild'],
    ]);
    expect(may('viewer')).toEqual(['events:read', 'audit:read']);
    expect(may('admin')).toEqual(ofAdmins);
  });

  it('are recorded only where they mean something', () => {
    expect(knownRoles(principal({ roles: ['admin', 'of-another-system', 'Viewer'] }))).toEqual(['admin']);
  });
});

describe('API keys', () => {
  it('may permit everything but letting others in', () => {
    expect([...permissionsOfKeys].sort()).toEqual(all.filter((each) => each !== 'access:manage').sort());
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

  it('of an act is also that of seeing what it is done to', () => {
    const acting = { permission: 'events:replay', and: access } as const;
    const given = (...scopes: readonly Permission[]) => admit(principal({ scopes }), acting);
    expect(given('events:replay')).toEqual({ admitted: false, missing: 'events:read' });
    expect(given('events:read', 'events:write')).toEqual({ admitted: false, missing: 'events:replay' });
    expect(given('events:replay', 'events:write')).toEqual({ admitted: true, ownEventsOnly: true });
    expect(given('events:replay', 'events:read')).toEqual({ admitted: true, ownEventsOnly: false });
  });

  it('is refused with neither, and told what is missing', () => {
    expect(admit(principal({}), access)).toEqual({ admitted: false, missing: 'events:read' });
    expect(admit(principal({ scopes: ['events:write'] }), { permission: 'audit:read' })).toEqual({
      admitted: false,
      missing: 'audit:read',
    });
  });
});
