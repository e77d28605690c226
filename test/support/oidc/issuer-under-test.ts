import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { OutboundFailed } from '../../../src/application/failures.ts';
import type { OutboundHttp } from '../../../src/application/ports/outbound-http.ts';

export const ISSUER = 'https://issuer.example/realms/shop';
export const AUDIENCE = 'eventops';
export const NOW = Date.parse('2030-01-01T00:00:00.000Z');

export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export interface IssuerUnderTest {
  readonly http: Pick<OutboundHttp, 'get'>;
  /** Every URL that was asked. */
  readonly asked: string[];
  /** What it answers with, by path; changed by a test that makes it answer otherwise. */
  readonly answers: Map<string, { status: number; body: string }>;
  /** Asked while it is, it gives no answer. */
  isAway: boolean;
  /** Signs with another key from now on; the former one is withdrawn. */
  rotate(): Promise<IssuerKey>;
  readonly key: () => IssuerKey;
  /** A good access token, but for what is said otherwise; `undefined` leaves a claim or header out. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function issuerKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** An OIDC issuer without a network. */
export async function issuerUnderTest(): Promise<IssuerUnderTest> {
  let rotations = 1;
  let key = await issuerKey('key-1');
  const asked: string[] = [];
  const answers = new Map<string, { status: number; body: string }>();
  const publish = () => answers.set('/jwks', { status: 200, body: JSON.stringify({ keys: [key.jwk] }) });
  answers.set('/realms/shop/.well-known/openid-configuration', {
    status: 200,
    body: JSON.stringify({ issuer: ISSUER, jwks_uri: 'https://issuer.example/jwks' }),
  });
  publish();
  const issuer: IssuerUnderTest = {
    isAway: false,
    asked,
    answers,
    http: {
      async get(url) {
        asked.push(url.href);
        if (issuer.isAway) throw new OutboundFailed(`${url.origin} gave no answer: connect ECONNREFUSED`);
        return answers.get(url.pathname) ?? { status: 404, body: '' };
      },
    },
    key: () => key,
    async rotate() {
      rotations++;
      key = await issuerKey(`key-${rotations}`);
      publish();
      return key;
    },
    async token(claims = {}, header = {}) {
      const seconds = NOW / 1_000;
      const all = {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: 'ada',
        iat: seconds,
        exp: seconds + 300,
        jti: 'token-1',
        ...claims,
      };
      return new SignJWT(all)
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
        .sign(key.privateKey);
    },
  };
  return issuer;
}
