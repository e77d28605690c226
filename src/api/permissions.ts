import type { Principal } from '../application/ports/authenticator.ts';

export type Permission = 'events:read' | 'events:write' | 'events:replay' | 'events:discard' | 'audit:read';

const viewer = ['events:read', 'audit:read'] as const satisfies readonly Permission[];
const operator = [...viewer, 'events:discard'] as const satisfies readonly Permission[];
const admin = [...operator, 'events:write', 'events:replay'] as const satisfies readonly Permission[];

/** THE TABLE: what each role may do. Replays are for `admin`. A role that is not here permits nothing. */
const permissionsOfRole: ReadonlyMap<string, readonly Permission[]> = new Map<string, readonly Permission[]>([
  ['viewer', viewer],
  ['operator', operator],
  ['admin', admin],
]);

/** Everything that some role permits. */
export const allPermissions: readonly Permission[] = [...new Set([...permissionsOfRole.values()].flat())];

/** Who may use a route. Every route has to say it; there is no default. */
export type Access =
  /** Anybody, without a token. */
  | 'public'
  | {
      readonly permission: Permission;
      /** Who lacks `permission` and has this one is let in, and sees no events but its own. */
      readonly forOwnEvents?: Permission;
    };

/** Roles and scopes count by exact match only. A machine client may carry a permission's name as an OAuth scope. */
export function isPermitted({ roles, scopes }: Principal, permission: Permission): boolean {
  return (
    scopes.includes(permission) || roles.some((role) => permissionsOfRole.get(role)?.includes(permission) === true)
  );
}

/** The roles that mean something here: a token of somebody else's issuer may carry hundreds. */
export const knownRoles = ({ roles }: Principal): readonly string[] =>
  roles.filter((role) => permissionsOfRole.has(role));

export type Admission =
  | { readonly admitted: true; readonly ownEventsOnly: boolean }
  | { readonly admitted: false; readonly missing: Permission };

export function admit(principal: Principal, access: Exclude<Access, 'public'>): Admission {
  const { permission, forOwnEvents } = access;
  if (isPermitted(principal, permission)) return { admitted: true, ownEventsOnly: false };
  if (forOwnEvents !== undefined && isPermitted(principal, forOwnEvents))
    return { admitted: true, ownEventsOnly: true };
  return { admitted: false, missing: permission };
}
