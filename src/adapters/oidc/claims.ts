import type { JWTPayload } from 'jose';
import type { Principal } from '../../application/ports/authenticator.ts';

export interface ClaimNames {
  /** Where an issuer puts roles: a claim's name, or a path of names with dots between, as in `realm_access.roles`. */
  readonly roles: string;
  /** Where it puts the client's id; `null` for the usual: `client_id`, else `azp`, else `sub`. */
  readonly client: string | null;
}

/** Beyond it nothing is meant for this system, and every request carries it. */
const MOST_NAMES = 1_000;

/** Who verified claims speak of; `null` when they do not say. What is no list of texts gives no role. */
export function principalOf(claims: JWTPayload, names: ClaimNames): Principal | null {
  const { sub, scope, jti } = claims;
  if (typeof sub !== 'string' || sub === '') return null;
  const client =
    names.client === null ? (textOf(claims, 'client_id') ?? textOf(claims, 'azp')) : textOf(claims, names.client);
  return {
    clientId: client ?? sub,
    subject: sub,
    roles: textsIn(claimAt(claims, names.roles)),
    scopes: typeof scope === 'string' ? textsIn(scope.split(' ')) : [],
    tokenId: typeof jti === 'string' ? jti : null,
  };
}

/** A claim by its name, which may hold dots itself (`https://example.com/roles`), or else by a path. */
export function claimAt(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>(
      (found, part) =>
        typeof found === 'object' && found !== null && Object.hasOwn(found, part)
          ? (found as Record<string, unknown>)[part]
          : undefined,
      claims,
    );
}

function textOf(claims: JWTPayload, name: string): string | null {
  const value = claimAt(claims, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.slice(0, MOST_NAMES).filter((each): each is string => typeof each === 'string' && each !== '')
    : [];
