import { createHash, randomBytes } from 'node:crypto';
import { MACHINE, PAGE, type RunningProvider } from './provider.ts';

async function tokenFrom(provider: RunningProvider, form: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(`${provider.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const body = (await answer.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`the provider gave no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** A machine's token by client credentials (RFC 6749, section 4.4). */
export const machineToken = (provider: RunningProvider): Promise<string> =>
  tokenFrom(provider, {
    grant_type: 'client_credentials',
    client_id: MACHINE.id,
    client_secret: MACHINE.secret,
    scope: 'events:write',
  });

/** A person's token by code with PKCE (RFC 7636), through every page of the provider. */
export async function personsToken(provider: RunningProvider): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    client_id: PAGE.id,
    response_type: 'code',
    redirect_uri: PAGE.redirectUri,
    scope: 'openid events:read',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  let url = new URL(`${provider.issuer}/auth?${asked.toString()}`);
  const cookies = new Map<string, string>();
  while (!url.href.startsWith(PAGE.redirectUri)) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`${url.pathname} answered ${answer.status}: ${await answer.text()}`);
    url = new URL(location, url);
  }
  const code = url.searchParams.get('code');
  if (code === null) throw new Error(`the provider gave no code: ${url.search}`);
  return tokenFrom(provider, {
    ...{ grant_type: 'authorization_code', client_id: PAGE.id, code, code_verifier: verifier },
    redirect_uri: PAGE.redirectUri,
  });
}
