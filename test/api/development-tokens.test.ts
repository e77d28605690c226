import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactSign, exportJWK, exportSPKI, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createDevelopmentAuthenticator,
  issueDevelopmentToken,
} from '../../src/adapters/development-issuer/development-issuer.ts';
import { developmentKey } from '../../src/adapters/development-issuer/development-key.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { isGuarded, requestTo, servedRoutes } from '../support/api/served-routes.ts';

const now = Date.parse('2030-01-01T00:00:00.000Z');
const seconds = now / 1_000;
const day = 24 * 60 * 60;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eventops-issuer-'));
});
afterAll(() => rm(folder, { recursive: true }));

const issue = (given: Partial<Parameters<typeof issueDevelopmentToken>[0]> = {}) =>
  issueDevelopmentToken({ dataFolder: folder, role: 'admin', scopes: [], subject: 'ada', now, ...given });

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());

/** Signed with the right key whatever it says; what is `undefined` is left out. */
async function forged(header: object, claims: object): Promise<string> {
  const [goodHeader, goodClaims] = (await issue()).split('.').map((part, index) => (index < 2 ? decode(part) : null));
  const text = `${encode({ ...goodHeader, ...header })}.${encode({ ...goodClaims, ...claims })}`;
  return `${text}.${sign(null, Buffer.from(text), await privateKeyObject()).toString('base64url')}`;
}

async function privateKeyObject() {
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.jwk.json'));
  return createPrivateKey({ key: JSON.parse(await readFile(join(folder, file), 'utf8')), format: 'jwk' });
}

async function hmac(secret: string | Buffer, alg = 'HS256'): Promise<string> {
  const [header, claims] = (await issue()).split('.');
  const text = `${encode({ ...decode(header), alg })}.${claims}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

async function byAnotherKey(header: object = {}): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [goodHeader, claims] = (await issue()).split('.');
  const jwk = await exportJWK(publicKey);
  const text = `${encode({ ...decode(goodHeader), ...('jwk' in header ? { jwk } : {}), ...header })}.${claims}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

async function ecdsa(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return new SignJWT(decode((await issue()).split('.')[1]))
    .setProtectedHeader({ ...decode((await issue()).split('.')[0]), alg: 'ES256' })
    .sign(privateKey);
}

const parts = async () => (await issue()).split('.') as [string, string, string];
const swapped = async (header: string) => {
  const [, claims, signature] = await parts();
  return `${encode(header)}.${claims}.${signature}`;
};

const hostile: readonly (readonly [name: string, token: () => Promise<string>])[] = [
  ['nothing but dots', async () => '..'],
  ['one part', async () => (await parts())[0]],
  ['two parts', async () => (await parts()).slice(0, 2).join('.')],
  ['four parts', async () => `${await issue()}.x`],
  ['five parts', async () => `${await issue()}.x.y`],
  ['no base64', async () => '~~~.~~~.~~~'],
  ['a header that is no JSON', () => swapped('no JSON')],
  ['a header that is an array', () => swapped('[]')],
  ['a header that is null', () => swapped('null')],
  ['no signature', async () => `${(await parts()).slice(0, 2).join('.')}.`],
  ['a signature cut short', async () => (await issue()).slice(0, -4)],
  [
    'a signature with a bit changed',
    async () => (await issue()).replace(/.(?=.{9}$)/, (last) => (last === 'A' ? 'B' : 'A')),
  ],
  ['the signature of another token', async () => [...(await parts()).slice(0, 2), (await parts())[2]].join('.')],
  [
    'another claim under the signature',
    async () => {
      const [header, claims, signature] = await parts();
      return `${header}.${encode({ ...decode(claims), sub: 'root' })}.${signature}`;
    },
  ],
  ['alg none', () => forged({ alg: 'none' }, {})],
  ['alg none and no signature', async () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${(await parts())[1]}.`],
  ['alg None', async () => `${encode({ alg: 'None', typ: 'at+jwt' })}.${(await parts())[1]}.`],
  ['no alg', () => forged({ alg: undefined }, {})],
  ['alg EdDSA by another name', () => forged({ alg: 'ed25519' }, {})],
  ['alg in an array', () => forged({ alg: ['Ed25519'] }, {})],
  ['HS256 with the public key as secret', async () => hmac(await exportSPKI((await developmentKey(folder)).publicKey))],
  [
    'HS256 with the raw public key as secret',
    async () => {
      const { x = '' } = await exportJWK((await developmentKey(folder)).publicKey);
      return hmac(Buffer.from(x, 'base64url'));
    },
  ],
  ['HS256 with no secret', () => hmac('')],
  ['HS512 by name, HS256 in truth', () => hmac('abc', 'HS512')],
  ['ES256', () => ecdsa()],
  ['another key', () => byAnotherKey()],
  ['another key, brought along as jwk', () => byAnotherKey({ jwk: true })],
  ['another key by jku', () => byAnotherKey({ jku: 'http://127.0.0.1:1/keys' })],
  ['another key by x5u', () => byAnotherKey({ x5u: 'http://127.0.0.1:1/cert' })],
  ['an unknown kid', () => forged({ kid: 'other' }, {})],
  ['a kid that is a path', () => forged({ kid: '../../../../dev/null' }, {})],
  ['no kid', () => forged({ kid: undefined }, {})],
  ['a critical extension', () => forged({ crit: ['exp'], exp: 1 }, {})],
  ['an empty crit', () => forged({ crit: [] }, {})],
  ['an unencoded payload', () => forged({ crit: ['b64'], b64: false }, {})],
  ['another typ', () => forged({ typ: 'JWT' }, {})],
  ['an id token', () => forged({ typ: 'id+jwt' }, {})],
  ['no typ', () => forged({ typ: undefined }, {})],
  ['another issuer', () => forged({}, { iss: 'https://other.example' })],
  ['no issuer', () => forged({}, { iss: undefined })],
  ['issuers in an array', () => forged({}, { iss: ['eventops-development'] })],
  ['another audience', () => forged({}, { aud: 'other' })],
  ['no audience', () => forged({}, { aud: undefined })],
  ['an audience that is true', () => forged({}, { aud: true })],
  ['no subject', () => forged({}, { sub: undefined })],
  ['an empty subject', () => forged({}, { sub: '' })],
  ['a subject that is no text', () => forged({}, { sub: { $ne: null } })],
  ['an endless subject', () => forged({}, { sub: 'x'.repeat(256) })],
  ['no end', () => forged({}, { exp: undefined })],
  ['an end in text', () => forged({}, { exp: '2040-01-01' })],
  ['an end that is null', () => forged({}, { exp: null })],
  ['an end that has passed', () => forged({}, { exp: seconds - 31 })],
  ['no beginning', () => forged({}, { iat: undefined })],
  ['a beginning in the future', () => forged({}, { iat: seconds + 31 })],
  ['a beginning more than a day ago', () => forged({}, { iat: seconds - day - 31, exp: seconds + day })],
  ['a time before which it is not valid', () => forged({}, { nbf: seconds + 31 })],
  [
    'claims that are an array',
    async () => {
      const { privateKey } = await developmentKey(folder);
      return new CompactSign(Buffer.from('[]')).setProtectedHeader(decode((await parts())[0])).sign(privateKey);
    },
  ],
  [
    'the JSON form',
    async () => {
      const [header, payload, signature] = await parts();
      return encode({ protected: header, payload, signature });
    },
  ],
  ['more than any token of ours', async () => forged({}, { padding: 'x'.repeat(8_000) })],
];

describe('a token', () => {
  it('admits whom it names, with role and scopes', async () => {
    const authenticator = await createDevelopmentAuthenticator({ dataFolder: folder, clock: { now: () => now } });
    expect(await authenticator.authenticate(await issue({ role: 'viewer', scopes: ['events:write', 'x'] }))).toEqual({
      clientId: 'ada',
      subject: 'ada',
      roles: ['viewer'],
      scopes: ['events:write', 'x'],
      tokenId: expect.any(String),
    });
  });

  it.each(['Admin', ['viewer', ['admin']], { admin: true }, 'admin', '__proto__', 1, null])(
    'has no role that is not said in so many words: %j',
    async (roles) => {
      const authenticator = await createDevelopmentAuthenticator({ dataFolder: folder, clock: { now: () => now } });
      const principal = await authenticator.authenticate(await forged({}, { roles }));
      expect(principal?.roles).not.toContain('admin');
    },
  );

  it('is valid for a day, give or take the tolerance for clocks', async () => {
    let time = now;
    const authenticator = await createDevelopmentAuthenticator({ dataFolder: folder, clock: { now: () => time } });
    const token = await issue();
    const isValidAfter = async (passedSeconds: number) => {
      time = now + passedSeconds * 1_000;
      return (await authenticator.authenticate(token)) !== null;
    };
    expect(await isValidAfter(-30)).toBe(true);
    expect(await isValidAfter(0)).toBe(true);
    expect(await isValidAfter(day + 29)).toBe(true);
    // Also for who has been admitted before.
    expect(await isValidAfter(day + 30)).toBe(false);
    expect(await isValidAfter(day + 3_000)).toBe(false);
  });

  it('is remembered by what it is and not by what it resembles', async () => {
    const authenticator = await createDevelopmentAuthenticator({ dataFolder: folder, clock: { now: () => now } });
    const tokens = await Promise.all(Array.from({ length: 1_100 }, (_, index) => issue({ subject: `s${index}` })));
    for (let round = 0; round < 2; round++)
      for (const [index, token] of tokens.entries())
        expect((await authenticator.authenticate(token))?.subject).toBe(`s${index}`);
    const [token = ''] = tokens;
    const other = token.at(-9) === 'A' ? 'B' : 'A';
    expect(await authenticator.authenticate(`${token.slice(0, -9)}${other}${token.slice(-8)}`)).toBeNull();
  });
});

describe('a token that is not right', () => {
  it.each(hostile)('is refused like any other, on every route: %s', async (_name, build) => {
    const authenticator = await createDevelopmentAuthenticator({ dataFolder: folder, clock: { now: () => now } });
    const token = await build();
    expect(await authenticator.authenticate(token)).toBeNull();
    const { call, server, recorded } = apiUnderTest({ authenticator, limits: { refusalsWithoutDelay: 1_000 } });
    for (const route of servedRoutes(server).filter(isGuarded)) {
      const answer = await call({ ...requestTo(route), as: token });
      expect([route.name, answer.statusCode]).toEqual([route.name, 401]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="eventops"');
      expect(answer.json()).toEqual({
        type: 'urn:eventops:problem:unauthenticated',
        title: 'A valid token is required',
        status: 401,
        code: 'unauthenticated',
      });
    }
    expect(await recorded()).toEqual([]);
  });

  it('is one of at least 40', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(40);
  });
});

describe('the key', () => {
  it('is made once, however many ask for it first', async () => {
    const shared = join(folder, 'shared', 'deeper');
    const keys = await Promise.all(Array.from({ length: 20 }, () => developmentKey(shared)));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    expect(await readdir(shared)).toEqual(['development-issuer.jwk.json']);
  });

  it('is for its owner alone', async () => {
    const own = join(folder, 'own');
    await issue({ dataFolder: own });
    expect((await stat(join(own, 'development-issuer.jwk.json'))).mode & 0o777).toBe(0o600);
  });

  it('of another data folder is another one', async () => {
    const clock = { now: () => now };
    const other = await createDevelopmentAuthenticator({ dataFolder: join(folder, 'other'), clock });
    expect(await other.authenticate(await issue())).toBeNull();
  });

  it.each(['', '{}', 'null', '{"kty":"OKP","crv":"Ed25519","x":"AAAA"}'])(
    'is named when it is none: %j',
    async (text) => {
      const damaged = await mkdtemp(join(folder, 'damaged-'));
      await mkdir(damaged, { recursive: true });
      await writeFile(join(damaged, 'development-issuer.jwk.json'), text);
      await expect(issue({ dataFolder: damaged })).rejects.toThrow(/development-issuer\.jwk\.json does not hold a key/);
    },
  );
});
