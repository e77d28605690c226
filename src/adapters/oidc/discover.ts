import { z } from 'zod';
import type { OutboundHttp } from '../../application/ports/outbound-http.ts';

/** What is needed of a provider's metadata (OpenID Connect Discovery 1.0, section 3). */
const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** The issuer answers, and not as a provider of this name would: its URL is wrong, or what stands before it. */
export class IssuerMisread extends Error {
  override readonly name = 'IssuerMisread';
}

/**
 * Where an issuer publishes its keys.
 * @throws {IssuerMisread} saying what was found and what was expected. @throws {OutboundFailed} @throws {OutboundRefused}
 */
export async function discover(http: Pick<OutboundHttp, 'get'>, issuer: string): Promise<URL> {
  const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const found = metadata.safeParse(await readJson(http, url));
  if (!found.success)
    throw new IssuerMisread(`${url.href} holds no issuer and jwks_uri; is OIDC_ISSUER an OIDC issuer?`);
  if (found.data.issuer !== issuer)
    throw new IssuerMisread(
      `OIDC_ISSUER is ${issuer}, and its metadata names the issuer ${JSON.stringify(found.data.issuer.slice(0, 200))}; the setting has to be exactly what the issuer calls itself`,
    );
  return new URL(found.data.jwks_uri);
}

/** @throws {IssuerMisread} what came is no JSON. @throws {OutboundFailed} @throws {OutboundRefused} */
export async function readJson(http: Pick<OutboundHttp, 'get'>, url: URL): Promise<unknown> {
  const { status, body } = await http.get(url);
  if (status !== 200) throw new IssuerMisread(`${url.href} answered ${status}; expected 200 with JSON`);
  try {
    return JSON.parse(body);
  } catch {
    throw new IssuerMisread(`${url.href} answered what is no JSON`);
  }
}
