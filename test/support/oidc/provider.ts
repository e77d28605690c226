import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, default as Provider } from 'oidc-provider';

export const MACHINE = { id: 'shop-backend', secret: 'a-secret-of-the-machine' } as const;
export const PAGE = { id: 'console', redirectUri: 'https://console.example/signed-in' } as const;
const RESOURCE = 'urn:eventops';

export interface RunningProvider {
  /** Also where it is. */
  readonly issuer: string;
  readonly audience: string;
  /** Signs with another key from now on, and publishes that one alone. */
  rotateKeys(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A certified OpenID provider on loopback, with a machine client (client credentials) and a public one (code with PKCE).
 * Whoever signs in there is the operator `ada`, without being asked.
 */
export async function startProvider(port = 0, redirectUri: string = PAGE.redirectUri): Promise<RunningProvider> {
  let provider: Provider | null = null;
  const server = createServer((request, response) => {
    if (provider === null) return void response.writeHead(503).end();
    const { pathname } = new URL(request.url ?? '/', 'http://provider');
    if (pathname.startsWith('/sign-in/')) void signIn(provider, request, response);
    else void provider.callback()(request, response);
  });
  await new Promise<void>((resolve) => server.listen({ port, host: '127.0.0.1' }, resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let keys = 0;
  const running: RunningProvider = {
    issuer,
    audience: RESOURCE,
    async rotateKeys() {
      keys++;
      const { privateKey } = await generateKeyPair('RS256', { extractable: true });
      const jwk = { ...(await exportJWK(privateKey)), kid: `key-${keys}`, alg: 'RS256', use: 'sig' };
      provider = new Provider(issuer, configuration(jwk, redirectUri));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await running.rotateKeys();
  return running;
}

const configuration = (key: object, redirectUri: string): Configuration => ({
  jwks: { keys: [key] },
  clients: [
    {
      client_id: MACHINE.id,
      client_secret: MACHINE.secret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
    {
      client_id: PAGE.id,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      redirect_uris: [redirectUri],
      response_types: ['code'],
    },
  ],
  // Asked by pages of other origins for their tokens.
  clientBasedCORS: () => true,
  cookies: { keys: ['of this test'] },
  ttl: { AccessToken: 300, ClientCredentials: 300, Grant: 300, IdToken: 300, Interaction: 300, Session: 300 },
  interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  extraTokenClaims: (_context, token) => ('accountId' in token ? { roles: ['operator'] } : {}),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'events:read events:write',
        audience: RESOURCE,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
      }),
    },
  },
});

async function signIn(provider: Provider, ...[request, response]: Parameters<Provider['interactionDetails']>) {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: 'ada' } });
  const grant =
    (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
    new provider.Grant({ accountId: 'ada', clientId: String(params['client_id']) });
  grant.addOIDCScope('openid');
  grant.addResourceScope(RESOURCE, 'events:read');
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}
