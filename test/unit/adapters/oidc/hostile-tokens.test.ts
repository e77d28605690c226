import { createHmac } from 'node:crypto';
import { CompactSign, exportJWK, exportSPKI, SignJWT } from 'jose';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createOidcAuthenticator } from '../../../../src/adapters/oidc/oidc-authenticator.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';
import {
  AUDIENCE,
  ISSUER,
  type IssuerUnderTest,
  issuerKey,
  issuerUnderTest,
  NOW,
} from '../../../support/oidc/issuer-under-test.ts';
import { silentLogger } from '../../../support/worker/silent-logger.ts';

const seconds = NOW / 1_000;
const day = 24 * 60 * 60;
let issuer: IssuerUnderTest;
beforeAll(async () => {
  issuer = await issuerUnderTest();
});

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());
const parts = async () => (await issuer.token()).split('.') as [string, string, string];
const withHeader = async (header: unknown) => {
  const [, claims, signature] = await parts();
  return `${encode(header)}.${claims}.${signature}`;
};

async function hmac(secret: string | Buffer, alg = 'HS256'): Promise<string> {
  const [header, claims] = await parts();
  const text = `${encode({ ...decode(header), alg })}.${claims}`;
  return `${text}.${createHmac(alg === 'HS512' ? 'sha512' : 'sha256', secret)
    .update(text)
    .digest('base64url')}`;
}

async function byAnotherKey(header: Readonly<Record<string, unknown>> = {}, alg = 'ES256'): Promise<string> {
  const other = await issuerKey(issuer.key().kid, alg);
  const jwk = 'jwk' in header ? { jwk: await exportJWK(other.publicKey) } : {};
  return new SignJWT(decode((await parts())[1]))
    .setProtectedHeader({ alg, kid: other.kid, typ: 'at+jwt', ...header, ...jwk })
    .sign(other.privateKey);
}

const hostile: readonly (readonly [name: string, token: () => Promise<string>])[] = [
  ['nothing but dots', async () => '..'],
  ['one part', async () => (await parts())[0]],
  ['two parts', async () => (await parts()).slice(0, 2).join('.')],
  ['four parts', async () => `${await issuer.token()}.x`],
  ['five parts', async () => `${await issuer.token()}.x.y`],
  ['no base64', async () => '~~~.~~~.~~~'],
  ['a header that is no JSON', () => withHeader('no JSON')],
  ['a header that is an array', () => withHeader('[]')],
  ['a header that is null', () => withHeader('null')],
  ['no signature', async () => `${(await parts()).slice(0, 2).join('.')}.`],
  ['a signature cut short', async () => (await issuer.token()).slice(0, -4)],
  [
    'a signature with a bit changed',
    async () => (await issuer.token()).replace(/.(?=.{9}$)/, (last) => (last === 'A' ? 'B' : 'A')),
  ],
  [
    'another claim under the signature',
    async () => {
      const [header, claims, signature] = await parts();
      return `${header}.${encode({ ...decode(claims), sub: 'root' })}.${signature}`;
    },
  ],
  ['alg none and no signature', async () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${(await parts())[1]}.`],
  ['alg None', async () => `${encode({ alg: 'None', typ: 'at+jwt' })}.${(await parts())[1]}.`],
  ['alg none with the signature', () => withHeader({ alg: 'none', kid: 'key-1', typ: 'at+jwt' })],
  ['no alg', () => withHeader({ kid: 'key-1', typ: 'at+jwt' })],
  ['alg in an array', () => withHeader({ alg: ['ES256'], kid: 'key-1', typ: 'at+jwt' })],
  ['another algorithm than the key is for', () => withHeader({ alg: 'RS256', kid: 'key-1', typ: 'at+jwt' })],
  ['HS256 with the public key as secret', async () => hmac(await exportSPKI(issuer.key().publicKey))],
  ['HS256 with the raw public key as secret', async () => hmac(Buffer.from(issuer.key().jwk.x ?? '', 'base64url'))],
  ['HS256 with no secret', () => hmac('')],
  ['HS512 with three bytes of secret', () => hmac('abc', 'HS512')],
  ['another key of the same name', () => byAnotherKey()],
  ['another key of another kind', () => byAnotherKey({}, 'Ed25519')],
  ['another key, brought along as jwk', () => byAnotherKey({ jwk: true })],
  ['another key by jku', () => byAnotherKey({ jku: 'http://127.0.0.1:1/keys' })],
  ['another key by x5u', () => byAnotherKey({ x5u: 'http://127.0.0.1:1/cert' })],
  ['an unknown kid', () => issuer.token({}, { kid: 'other' })],
  ['a kid that is a path', () => issuer.token({}, { kid: '../../../../dev/null' })],
  ['a kid that is a query', () => issuer.token({}, { kid: "key-1' or 1=1 --" })],
  ['a critical extension', () => withHeader({ alg: 'ES256', kid: 'key-1', typ: 'at+jwt', crit: ['exp'], exp: 1 })],
  ['an empty crit', () => withHeader({ alg: 'ES256', kid: 'key-1', typ: 'at+jwt', crit: [] })],
  ['an unencoded payload', () => withHeader({ alg: 'ES256', kid: 'key-1', typ: 'at+jwt', crit: ['b64'], b64: false })],
  ['an ID token by its header', () => issuer.token({}, { typ: 'id+jwt' })],
  ['a logout token', () => issuer.token({}, { typ: 'logout+jwt' })],
  ['an ID token of Keycloak', () => issuer.token({ typ: 'ID' }, { typ: 'JWT' })],
  ['a refresh token of Keycloak', () => issuer.token({ typ: 'Refresh' }, { typ: 'JWT' })],
  ['an ID token by its claims', () => issuer.token({ at_hash: 'x' }, { typ: 'JWT' })],
  ['an ID token with a nonce', () => issuer.token({ nonce: 'x' }, { typ: 'JWT' })],
  ['no typ', () => issuer.token({}, { typ: undefined })],
  ['another issuer', () => issuer.token({ iss: 'https://other.example' })],
  ['an issuer that begins alike', () => issuer.token({ iss: `${ISSUER}/` })],
  ['no issuer', () => issuer.token({ iss: undefined })],
  ['issuers in an array', () => issuer.token({ iss: [ISSUER] })],
  ['another audience', () => issuer.token({ aud: 'other' })],
  ['an audience that begins alike', () => issuer.token({ aud: 'eventops-2' })],
  ['no audience', () => issuer.token({ aud: undefined })],
  ['an audience that is true', () => issuer.token({ aud: true })],
  ['no subject', () => issuer.token({ sub: undefined })],
  ['an empty subject', () => issuer.token({ sub: '' })],
  ['a subject that is no text', () => issuer.token({ sub: { $ne: null } })],
  ['no end', () => issuer.token({ exp: undefined })],
  ['an end in text', () => issuer.token({ exp: '2040-01-01' })],
  ['an end that has passed', () => issuer.token({ exp: seconds - 31 })],
  ['no beginning', () => issuer.token({ iat: undefined })],
  ['a beginning in the future', () => issuer.token({ iat: seconds + 31 })],
  ['a beginning more than a day ago', () => issuer.token({ iat: seconds - day - 31, exp: seconds + day })],
  ['a time before which it is not valid', () => issuer.token({ nbf: seconds + 31 })],
  [
    'claims that are an array',
    async () =>
      new CompactSign(Buffer.from('[]')).setProtectedHeader(decode((await parts())[0])).sign(issuer.key().privateKey),
  ],
  [
    'the JSON form',
    async () => {
      const [header, payload, signature] = await parts();
      return encode({ protected: header, payload, signature });
    },
  ],
  ['more than all headers may hold', () => issuer.token({ padding: 'x'.repeat(16_384) })],
];

describe('a token that is not right', () => {
  it.each(hostile)('is refused like any other: %s', async (_, build) => {
    const authenticator = createOidcAuthenticator({
      ...{ issuer: ISSUER, audience: AUDIENCE, http: issuer.http, clock: manualClock(NOW), logger: silentLogger },
      claimNames: { roles: 'roles', client: null },
      limits: { refreshAtMostEveryMs: 0 },
    });
    onTestFinished(() => authenticator.stop());
    expect(await authenticator.authenticate(await issuer.token())).not.toBeNull();
    expect(await authenticator.authenticate(await build())).toBeNull();
  });

  it('is one of at least 40', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(40);
  });
});
