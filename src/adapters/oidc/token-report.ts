import type { errors } from 'jose';
import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { createRepeatingReport } from '../../application/repeating-report.ts';

interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly claimNames: { readonly roles: string };
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Lines about tokens that the issuer did sign: what is wrong with them is more likely a setting than an attack. */
export function createTokenReport({ issuer, audience, claimNames, clock, logger }: Expected) {
  const report = createRepeatingReport({ logger, clock });
  const say = (kind: string, fields: object, message: string) =>
    report.occurred({ about: 'tokens', kind, level: 'warn', fields, message });
  return {
    /** A claim that is not as it should be. What has expired is a client's matter. */
    refused({ claim, payload }: errors.JWTClaimValidationFailed): void {
      if (claim === 'aud')
        say(
          'aud',
          { found: shortened(payload.aud), expected: audience },
          'a token of the issuer is for another audience than OIDC_AUDIENCE; it was refused',
        );
      if (claim === 'iss')
        say(
          'iss',
          { found: shortened(payload.iss), expected: issuer },
          'a token that the issuer signed names another issuer than OIDC_ISSUER; it was refused',
        );
    },
    permitsNothing(found: unknown): void {
      say(
        'roles',
        { claim: claimNames.roles, found: found === undefined ? 'nothing' : typeof found },
        'a token holds no scope, and no list of roles where OIDC_ROLES_CLAIM says; it permits nothing',
      );
    },
  };
}

const shortened = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 200);
