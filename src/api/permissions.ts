import type { Principal } from '../application/ports/authenticator.ts';

export type Permission =
  | 'events:read'
  | 'events:write'
  /** Without it, events and histories are shown without what clients sent in them. */
  | 'payloads:read'
  | 'events:replay'
  | 'events:discard'
  /** To make a new event with another payload in place of a dead letter. In no role: it is given as a scope. */
  | 'events:correct'
  /** To freeze sets of dead letters, and to replay or discard all of one. */
  | 'plans:manage'
  /** To have the events of a type wait, and to let them go on. */
  | 'types:pause'
  /** Resolving, merging and splitting failure groups, and asking for explanations. */
  | 'failures:manage'
  | 'audit:read'
  /** Why a part of the system is not ready. */
  | 'system:read'
  /** To rebuild read models, and to decide which copy of one is read. */
  | 'projections:rebuild'
  /** Who gets in: API keys. */
  | 'access:manage';

type RoleName = 'viewer' | 'auditor' | 'operator' | 'admin';

/** What each role may do. A role that is not here permits nothing. */
export type PermissionsOfRoles = ReadonlyMap<string, readonly Permission[]>;

/**
 * THE TABLE. Replays are for `admin`, or for `operator`, too, where the operators of a system may begin work again.
 * Discards are for `admin` alone, because nothing takes one back, and so are plans, which act on many events at once.
 */
export function permissionsOfRoles(replayRole: Extract<RoleName, 'operator' | 'admin'> = 'admin'): PermissionsOfRoles {
  const viewer = ['events:read', 'audit:read'] as const;
  const reader = [...viewer, 'payloads:read'] as const;
  const table: Readonly<Record<RoleName, readonly Permission[]>> = {
    viewer,
    auditor: reader,
    operator: [
      ...reader,
      'system:read',
      'projections:rebuild',
      'failures:manage',
      'types:pause',
      ...(replayRole === 'operator' ? (['events:replay'] as const) : []),
    ],
    admin: [
      ...reader,
      ...(['system:read', 'failures:manage', 'projections:rebuild', 'events:write'] as const),
      ...(['events:replay', 'events:discard', 'plans:manage', 'types:pause', 'access:manage'] as const),
    ],
  };
  return new Map(Object.entries(table));
}

/** Everything that some role permits, and what is given as a scope alone. */
export const allPermissions: readonly Permission[] = [
  ...new Set([...[...permissionsOfRoles().values()].flat(), 'events:correct' as const]),
];

/** Everything that an API key may permit: none lets others in. */
export const permissionsOfKeys = allPermissions.filter((permission) => permission !== 'access:manage');

/** Who may use a route. Every route has to say it; there is no default. */
export type Access =
  /** Every client, without a token. */
  | 'public'
  /** Every client with a token that verifies, whatever it permits. */
  | 'authenticated'
  | {
      readonly permission: Permission;
      /** Who lacks `permission` and has this one is let in, and sees no events but its own. */
      readonly forOwnEvents?: Permission;
      /** What has to be permitted besides: for instance to see what the answer shows. */
      readonly and?: PermittedAccess;
    };

export type PermittedAccess = Exclude<Access, 'public' | 'authenticated'>;

/** For every answer that shows an event, or shows whether there is one. A client that only writes sees its own. */
export const toReadEvents = { permission: 'events:read', forOwnEvents: 'events:write' } as const satisfies Access;

/** Roles and scopes count by exact match only. A machine client may carry a permission's name as an OAuth scope. */
export const isPermitted = (
  { roles, scopes }: Principal,
  permission: Permission,
  ofRoles: PermissionsOfRoles = usual,
): boolean => scopes.includes(permission) || roles.some((role) => ofRoles.get(role)?.includes(permission) === true);

const usual = permissionsOfRoles();

/** The roles that mean something here: a token of another issuer may carry hundreds. */
export const knownRoles = ({ roles }: Principal): readonly string[] => roles.filter((role) => usual.has(role));

export type Admission =
  | { readonly admitted: true; readonly ownEventsOnly: boolean }
  | { readonly admitted: false; readonly missing: Permission };

export function admit(
  principal: Principal,
  { permission, forOwnEvents, and }: PermittedAccess,
  ofRoles: PermissionsOfRoles = usual,
): Admission {
  const isForAll = isPermitted(principal, permission, ofRoles);
  const isForOwn = forOwnEvents !== undefined && isPermitted(principal, forOwnEvents, ofRoles);
  if (!isForAll && !isForOwn) return { admitted: false, missing: permission };
  const rest = and === undefined ? ({ admitted: true, ownEventsOnly: false } as const) : admit(principal, and, ofRoles);
  return rest.admitted ? { admitted: true, ownEventsOnly: rest.ownEventsOnly || !isForAll } : rest;
}
