import type { ReadinessCheck } from '../api/dependencies.ts';
import type { Authenticator } from '../application/ports/authenticator.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Config } from '../config/config.ts';
import type { Defer } from './opening.ts';
import { usingDevelopmentKey } from './using-development-key.ts';

interface OpenedAuthenticator {
  readonly authenticator: Authenticator;
  readonly checks: readonly ReadinessCheck[];
}

/** Whose tokens the API takes: those of the issuer that the settings name, or development tokens. @throws {CannotStart} */
export async function openAuthenticator(
  config: Config,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  defer: Defer,
): Promise<OpenedAuthenticator> {
  const { dataFolder, oidcIssuer: issuer, oidcAudience: audience, oidcRolesClaim: roles } = config;
  if (issuer === null) {
    const { createDevelopmentAuthenticator } = await import('../adapters/development-issuer/development-issuer.ts');
    const create = () => createDevelopmentAuthenticator({ dataFolder, clock });
    return { authenticator: await usingDevelopmentKey(dataFolder, create), checks: [] };
  }
  const { createOidcAuthenticator } = await import('../adapters/oidc/oidc-authenticator.ts');
  const { createOutboundHttp } = await import('../adapters/outbound/outbound-http.ts');
  const authenticator = createOidcAuthenticator({
    ...{ issuer, audience, clock, logger },
    claimNames: { roles, client: config.oidcClientClaim },
    http: createOutboundHttp({ trustedOrigins: [new URL(issuer).origin] }),
  });
  defer(() => authenticator.stop());
  return { authenticator, checks: [{ part: 'issuer', check: async () => authenticator.unhealthyReason() }] };
}
