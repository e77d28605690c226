import { describe, expect, it, onTestFinished } from 'vitest';
import { createOidcAuthenticator, type OidcOptions } from '../../../../src/adapters/oidc/oidc-authenticator.ts';
import { IssuerUnavailable } from '../../../../src/application/failures.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';
import {
  AUDIENCE,
  ISSUER,
  type IssuerUnderTest,
  issuerUnderTest,
  NOW,
} from '../../../support/oidc/issuer-under-test.ts';
import { createRecordingLogger } from '../../../support/worker/recording-logger.ts';

async function createSurroundings(
  given: Partial<OidcOptions> = {},
  prepare: (issuer: IssuerUnderTest) => void = () => {},
) {
  const issuer = await issuerUnderTest();
  prepare(issuer);
  const clock = manualClock(NOW);
  const logger = createRecordingLogger();
  const authenticator = createOidcAuthenticator({
    ...{ issuer: ISSUER, audience: AUDIENCE, http: issuer.http, clock, logger },
    claimNames: { roles: 'roles', client: null },
    limits: { refreshAtMostEveryMs: 0 },
    ...given,
  });
  onTestFinished(() => authenticator.stop());
  /** Lets so much time pass, and all that falls due in it happen, a second at a time. */
  const pass = async (durationMs: number) => {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 1_000) {
      clock.advance(Math.min(1_000, durationMs - passedMs));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await new Promise((resolve) => setImmediate(resolve));
  return { issuer, clock, pass, logger, authenticator };
}

describe('a token of the issuer', () => {
  it('admits whom it names, with client, roles and scopes', async () => {
    const { issuer, authenticator } = await createSurroundings();
    const token = await issuer.token({ client_id: 'shop', roles: ['operator'], scope: 'openid events:write' });
    expect(await authenticator.authenticate(token)).toEqual({
      clientId: 'shop',
      subject: 'ada',
      roles: ['operator'],
      scopes: ['openid', 'events:write'],
      tokenId: 'token-1',
    });
  });

  it.each([
    ['client_id', { client_id: 'one', azp: 'two' }, null, 'one'],
    ['azp, where there is no client_id', { azp: 'two' }, null, 'two'],
    ['sub, where there is neither', {}, null, 'ada'],
    ['the claim of the setting', { client_id: 'one', app: { id: 'three' } }, 'app.id', 'three'],
    ['sub, where that claim is no text', { client_id: 'one', app: 1 }, 'app', 'ada'],
  ])('is of the client in %s', async (_, claims, client, expected) => {
    const { issuer, authenticator } = await createSurroundings({ claimNames: { roles: 'roles', client } });
    expect((await authenticator.authenticate(await issuer.token(claims)))?.clientId).toBe(expected);
  });

  it.each([
    ['a path', 'realm_access.roles', { realm_access: { roles: ['admin'] } }],
    ['a name with dots in it', 'https://shop.example/roles', { 'https://shop.example/roles': ['admin'] }],
  ])('has its roles where the setting says: %s', async (_, roles, claims) => {
    const { issuer, authenticator } = await createSurroundings({ claimNames: { roles, client: null } });
    expect((await authenticator.authenticate(await issuer.token(claims)))?.roles).toEqual(['admin']);
  });

  it.each([['admin'], [{ 0: 'admin' }], [{ admin: true }], [1], [null], [undefined], [[['admin'], { admin: 1 }]]])(
    'has no role that is no text in a list: %j',
    async (roles) => {
      const { issuer, authenticator } = await createSurroundings();
      expect((await authenticator.authenticate(await issuer.token({ roles })))?.roles).toEqual([]);
    },
  );

  it.each(['__proto__', 'constructor.prototype', 'sub.length', ''])(
    'has no roles where a path leads to no claim: %s',
    async (roles) => {
      const { issuer, authenticator } = await createSurroundings({ claimNames: { roles, client: null } });
      expect((await authenticator.authenticate(await issuer.token()))?.roles).toEqual([]);
    },
  );

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT'])('is taken with the type %s', async (typ) => {
    const { issuer, authenticator } = await createSurroundings();
    expect(await authenticator.authenticate(await issuer.token({}, { typ }))).not.toBeNull();
  });

  it('ends with its exp, also where it was admitted before', async () => {
    const { issuer, pass, authenticator } = await createSurroundings();
    const token = await issuer.token();
    expect(await authenticator.authenticate(token)).not.toBeNull();
    await pass(329_000);
    expect(await authenticator.authenticate(token)).not.toBeNull();
    await pass(2_000);
    expect(await authenticator.authenticate(token)).toBeNull();
  });
});

describe('keys', () => {
  it('that the issuer has changed are used at once, and the former ones no longer', async () => {
    const { issuer, authenticator } = await createSurroundings();
    const before = await issuer.token();
    expect(await authenticator.authenticate(before)).not.toBeNull();
    await issuer.rotate();
    const after = issuer.token();
    expect(await authenticator.authenticate(await after)).not.toBeNull();
    expect(await authenticator.authenticate(before)).toBeNull();
  });

  it('that are unknown are asked for at most once a second, however many tokens name one', async () => {
    const { issuer, pass, authenticator } = await createSurroundings({ limits: {} });
    await authenticator.authenticate(await issuer.token());
    const before = issuer.asked.length;
    const guesses = await Promise.all(
      Array.from({ length: 200 }, (_, index) => issuer.token({}, { kid: `guess-${index}` })),
    );
    const refusals = Promise.all(guesses.map((token) => authenticator.authenticate(token)));
    const ended = new AbortController();
    void refusals.then(() => ended.abort());
    let passedSeconds = 0;
    for (; !ended.signal.aborted; passedSeconds++) await pass(1_000);
    expect(new Set(await refusals)).toEqual(new Set([null]));
    // The metadata, and the keys.
    expect(issuer.asked.length - before).toBeLessThanOrEqual(2 * passedSeconds);
  });

  it('that are known stay so for an hour without the issuer, and an unknown one is not called wrong', async () => {
    const { issuer, pass, authenticator, logger } = await createSurroundings();
    const admitted = async () => authenticator.authenticate(await issuer.token({ exp: NOW / 1_000 + 10_000 }));
    expect(await admitted()).not.toBeNull();
    issuer.isAway = true;
    await pass(3_600_000);
    expect(await admitted()).not.toBeNull();
    expect(authenticator.unhealthyReason()).toBeNull();
    await issuer.rotate();
    const fresh = issuer.token({ exp: NOW / 1_000 + 10_000 });
    await expect(authenticator.authenticate(await fresh)).rejects.toThrow(IssuerUnavailable);
    issuer.isAway = false;
    expect(await authenticator.authenticate(await fresh)).not.toBeNull();
    // One line when it begins, and one a minute.
    expect(logger.lines.filter(({ level }) => level === 'warn').length).toBeLessThanOrEqual(62);
  });

  it('are waited for where the issuer is away at the start, and the log says so', async () => {
    const { issuer, pass, authenticator, logger } = await createSurroundings({}, (given) => {
      given.isAway = true;
    });
    const token = await issuer.token();
    await expect(authenticator.authenticate(token)).rejects.toThrow(IssuerUnavailable);
    expect(authenticator.unhealthyReason()).toContain('https://issuer.example gave no answer');
    expect(logger.lines.map(({ message }) => message)).toContain('waits for the issuer of tokens');
    issuer.isAway = false;
    await pass(31_000);
    expect(authenticator.unhealthyReason()).toBeNull();
    expect(await authenticator.authenticate(token)).not.toBeNull();
  });

  const wellKnown = '/realms/shop/.well-known/openid-configuration';
  it.each([
    [
      'an issuer of another name',
      wellKnown,
      200,
      '{"issuer":"https://issuer.example/realms/shop/","jwks_uri":"https://issuer.example/jwks"}',
      /OIDC_ISSUER is https:\/\/issuer\.example\/realms\/shop, and its metadata names the issuer "https:\/\/issuer\.example\/realms\/shop\/"/,
    ],
    ['no issuer at all', wellKnown, 404, '', /openid-configuration answered 404; expected 200/],
    ['a page for people', wellKnown, 200, '<html>', /answered what is no JSON/],
    ['something else in JSON', wellKnown, 200, '[]', /holds no issuer and jwks_uri/],
    ['no keys', '/jwks', 200, '{"keys":[]}', /publishes no JSON Web Key Set/],
  ])('are missing, with what was found and what was expected, behind %s', async (_, path, status, body, reason) => {
    const { authenticator } = await createSurroundings({}, (issuer) => {
      issuer.answers.set(path, { status, body });
    });
    expect(authenticator.unhealthyReason()).toMatch(reason);
  });
});

describe('what settings are likely to be wrong', () => {
  it.each([
    [
      'aud',
      { aud: 'account' },
      'for another audience than OIDC_AUDIENCE',
      { found: '"account"', expected: 'eventops' },
    ],
    ['roles', {}, 'no list of roles where OIDC_ROLES_CLAIM says', { claim: 'roles', found: 'nothing' }],
  ])('is in the log once, and not in the answer: %s', async (_, claims, message, fields) => {
    const { issuer, authenticator, logger } = await createSurroundings();
    for (let times = 0; times < 3; times++)
      await authenticator.authenticate(await issuer.token({ ...claims, jti: `token-${times}` }));
    const said = logger.lines.filter(({ level }) => level === 'warn');
    expect(said).toHaveLength(1);
    expect(said[0]?.message).toContain(message);
    expect(said[0]?.fields).toMatchObject(fields);
  });
});
