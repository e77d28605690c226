import type { ConsoleSettings } from './settings.ts';

type Issuer = NonNullable<ConsoleSettings['issuer']>;

/** What is remembered while one is at the issuer, in this tab alone. */
interface Remembered {
  /** The page that one came from. */
  readonly page: string;
}

async function clientOf({ url, clientId, audience }: Issuer) {
  // Loaded by those who sign in with an issuer alone.
  const { OidcClient, WebStorageStateStore } = await import('oidc-client-ts');
  return new OidcClient({
    authority: url,
    client_id: clientId,
    redirect_uri: `${window.location.origin}/`,
    response_type: 'code',
    // Behind the #, where the code is sent to no server but the issuer.
    response_mode: 'fragment',
    scope: 'openid',
    // Some issuers ask which API a token is for by one name (RFC 8707), some by the other.
    resource: audience,
    extraQueryParams: { audience },
    extraTokenParams: { resource: audience },
    stateStore: new WebStorageStateStore({ store: sessionStorage, prefix: 'eventops.signing-in.' }),
  });
}

/** Leaves this page for that of the issuer. */
export async function goToIssuer(issuer: Issuer): Promise<void> {
  const client = await clientOf(issuer);
  const page: Remembered['page'] = window.location.hash;
  const { url } = await client.createSigninRequest({ state: { page } satisfies Remembered });
  window.location.assign(url);
}

/** Whether the issuer has just sent one back here. */
export const comesFromIssuer = (): boolean => {
  const answer = new URLSearchParams(window.location.hash.slice(1));
  return answer.has('state') && (answer.has('code') || answer.has('error'));
};

/** The access token for the code in the address, which then is that of the page one came from. @throws what the issuer said. */
export async function tokenOfIssuer(issuer: Issuer): Promise<string> {
  const answer = window.location.href;
  // Reloaded, the page does not ask with the same code again.
  window.history.replaceState(null, '', '/');
  const { access_token: token, userState } = await (await clientOf(issuer)).processSigninResponse(answer);
  const { page } = userState as Remembered;
  if (page !== '') window.location.replace(page);
  return token;
}
