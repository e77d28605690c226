import { errors, type JWTPayload, jwtVerify } from 'jose';
import { IssuerUnavailable } from '../../application/failures.ts';
import type { Authenticator } from '../../application/ports/authenticator.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { OutboundHttp } from '../../application/ports/outbound-http.ts';
import { rememberPrincipals } from '../../application/remember-principals.ts';
import { type ClaimNames, claimAt, principalOf } from './claims.ts';
import { followIssuerKeys, type IssuerKeys, type IssuerKeysLimits } from './issuer-keys.ts';
import { createTokenReport } from './token-report.ts';

/** Asymmetric ones alone: with a shared secret, whoever can check a token can make one. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** RFC 9068, with or without its prefix, and what issuers write that do not follow it. */
const types = new Set(['at+jwt', 'application/at+jwt', 'jwt']);
const LONGEST_AGE_SECONDS = 24 * 60 * 60;
const CLOCK_TOLERANCE_SECONDS = 30;
/** All of the headers together are bounded by the same. */
const LONGEST_TOKEN = 16_384;

export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly claimNames: ClaimNames;
  readonly http: Pick<OutboundHttp, 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<IssuerKeysLimits> | undefined;
}

export interface OidcAuthenticator extends Authenticator, Pick<IssuerKeys, 'unhealthyReason' | 'stop'> {}

/**
 * Takes the access tokens of an OIDC issuer: JWTs that it signed for our audience. Returns before the issuer's keys are
 * known; until then, and for a token of an unknown key while the issuer is unavailable, `authenticate` throws
 * {@link IssuerUnavailable}.
 */
export function createOidcAuthenticator(options: OidcOptions): OidcAuthenticator {
  const { issuer, audience, claimNames, clock } = options;
  const keys = followIssuerKeys({ ...options, onChange: () => remembering.forget() });
  const report = createTokenReport(options);
  const remembering = rememberPrincipals(async (token, now) => {
    if (token.length > LONGEST_TOKEN) return null;
    const claims = await verify(token, now);
    if (claims === null) return null;
    const principal = principalOf(claims, claimNames);
    if (principal === null) return null;
    if (principal.roles.length === 0 && principal.scopes.length === 0)
      report.permitsNothing(claimAt(claims, claimNames.roles));
    return { principal, end: endOf(claims) };
  }, clock);

  async function verify(token: string, now: number): Promise<JWTPayload | null> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys.keyOf, {
        algorithms,
        issuer,
        audience,
        requiredClaims: ['exp', 'iat', 'sub'],
        maxTokenAge: LONGEST_AGE_SECONDS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now),
      });
      return types.has(protectedHeader.typ?.toLowerCase() ?? '') && isForAccess(payload) ? payload : null;
    } catch (error) {
      if (error instanceof IssuerUnavailable) throw error;
      if (error instanceof errors.JWTClaimValidationFailed) report.refused(error);
      // Whatever is wrong with it, the answer is the same: a caller must not learn how near a forgery came.
      return null;
    }
  }

  return { authenticate: remembering.authenticate, unhealthyReason: keys.unhealthyReason, stop: keys.stop };
}

/**
 * ID tokens and refresh tokens are not for calling an API. Where their header does not say so, Keycloak's claim `typ` does,
 * and the hashes that only an ID token has (OpenID Connect Core, 3.1.3.6 and 3.3.2.11).
 */
const isForAccess = (claims: JWTPayload) =>
  (claims['typ'] === undefined || claims['typ'] === 'Bearer') &&
  claims['at_hash'] === undefined &&
  claims['c_hash'] === undefined &&
  claims['nonce'] === undefined;

/** When the token stops being valid, in milliseconds since 1970. */
const endOf = ({ exp = 0, iat = 0 }: JWTPayload) =>
  (Math.min(exp, iat + LONGEST_AGE_SECONDS) + CLOCK_TOLERANCE_SECONDS) * 1_000;
