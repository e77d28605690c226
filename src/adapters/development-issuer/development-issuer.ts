import { randomUUID } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Authenticator, Principal } from '../../application/ports/authenticator.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { rememberPrincipals } from '../../application/remember-principals.ts';
import { ALGORITHM, type DevelopmentKey, developmentKey } from './development-key.ts';

const ISSUER = 'eventops-development';
const AUDIENCE = 'eventops';
/** RFC 9068: says that the token is for calling an API, so that no other kind is taken for one. */
const TYPE = 'at+jwt';
const LIFETIME_SECONDS = 24 * 60 * 60;
const CLOCK_TOLERANCE_SECONDS = 30;
/** No token of ours comes near; a longer one is not worth the decoding. */
const LONGEST_TOKEN = 4_096;

export interface DevelopmentTokenRequest {
  readonly dataFolder: string;
  readonly role?: string;
  readonly scopes: readonly string[];
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A token for this data folder's API, valid for a day. Also while no API runs. @throws as {@link developmentKey}. */
export async function issueDevelopmentToken(request: DevelopmentTokenRequest): Promise<string> {
  const { dataFolder, role, scopes, subject, now } = request;
  const { id, privateKey } = await developmentKey(dataFolder);
  const issuedAt = Math.floor(now / 1_000);
  const roles = role === undefined ? [] : [role];
  return new SignJWT({ roles, scope: scopes.join(' ') })
    .setProtectedHeader({ alg: ALGORITHM, kid: id, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_SECONDS)
    .setJti(randomUUID())
    .sign(privateKey);
}

/** Takes the tokens of {@link issueDevelopmentToken} and no others. @throws as {@link developmentKey}. */
export async function createDevelopmentAuthenticator(given: {
  readonly dataFolder: string;
  readonly clock: Pick<Clock, 'now'>;
}): Promise<Authenticator> {
  const key = await developmentKey(given.dataFolder);
  return rememberPrincipals(async (token, now) => {
    if (token.length > LONGEST_TOKEN) return null;
    const claims = await verify(token, key, now);
    const principal = claims && principalOf(claims);
    return principal && { principal, end: endOf(claims) };
  }, given.clock);
}

async function verify(token: string, { id, publicKey }: DevelopmentKey, now: number): Promise<JWTPayload | null> {
  const keyOf = ({ kid }: { kid?: string }) => {
    if (kid !== id) throw new Error('unknown key');
    return publicKey;
  };
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['exp', 'sub'],
      maxTokenAge: LIFETIME_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    return payload;
  } catch {
    // Whatever is wrong with it, the answer is the same: a caller must not learn how near a forgery came.
    return null;
  }
}

function principalOf({ sub, roles, scope, jti }: JWTPayload): Principal | null {
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) return null;
  return {
    clientId: sub,
    subject: sub,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    scopes: typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : [],
    tokenId: typeof jti === 'string' ? jti : null,
  };
}

/** When the token stops being valid, in milliseconds since 1970. */
const endOf = ({ exp = 0, iat = 0 }: JWTPayload) =>
  (Math.min(exp, iat + LIFETIME_SECONDS) + CLOCK_TOLERANCE_SECONDS) * 1_000;
