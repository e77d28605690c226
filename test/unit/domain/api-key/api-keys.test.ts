import { describe, expect, it } from 'vitest';
import { apiKeyAggregate } from '../../../../src/domain/api-key/aggregate.ts';
import type { ApiKeyCommand, CreateApiKey, RevokeApiKey } from '../../../../src/domain/api-key/commands.ts';
import type { ApiKeyRejection } from '../../../../src/domain/api-key/rejections.ts';
import { type ApiKeyState, isLive } from '../../../../src/domain/api-key/state.ts';
import type { ApiKeyTransition, TransitionData } from '../../../../src/domain/api-key/transitions.ts';

const now = '2030-01-01T00:00:00.000Z';
const later = '2030-01-02T00:00:00.000Z';
const key: TransitionData<'ApiKeyCreated'> = {
  expiresAt: null,
  keySha256: 'a'.repeat(64),
  name: 'shop',
  permissions: ['events:read', 'events:write'],
  prefix: 'eo_abcdefgh',
  requestedBy: 'alice',
  sources: ['shop'],
};
const created: ApiKeyTransition = { type: 'ApiKeyCreated', data: key };
const revoked: ApiKeyTransition = {
  type: 'ApiKeyRevoked',
  data: { reason: 'leaked', requestedBy: 'alice', revokedAt: now },
};
const create = (of: Partial<typeof key> = {}, but: Partial<CreateApiKey> = {}): CreateApiKey => ({
  ...{ kind: 'CreateApiKey', key: { ...key, ...of }, grantable: ['events:read', 'events:write'], isFull: false, now },
  ...but,
});
const revoke = (but: Partial<RevokeApiKey> = {}): RevokeApiKey => ({
  ...{ kind: 'RevokeApiKey', reason: 'leaked', requestedBy: 'alice', now: later },
  ...but,
});

const fold = (history: readonly ApiKeyTransition[]) =>
  history.reduce<ApiKeyState | null>((state, transition) => apiKeyAggregate.evolve(state, transition), null);

const given = (...history: readonly ApiKeyTransition[]) => ({
  when: (command: ApiKeyCommand) => {
    const decision = apiKeyAggregate.decide(fold(history), command);
    return {
      leadsTo: (...transitions: readonly ApiKeyTransition[]) => expect(decision).toEqual({ ok: true, transitions }),
      changesNothing: () => expect(decision).toEqual({ ok: true, transitions: [] }),
      isRefused: (rejection: ApiKeyRejection) => expect(decision).toEqual({ ok: false, rejection }),
    };
  },
});

describe('creating a key', () => {
  it('records what it permits, and its digest', () => {
    given().when(create()).leadsTo(created);
  });

  it('is refused for a permission that whoever asks may not give', () => {
    given()
      .when(create({ permissions: ['events:read', 'events:replay'] }))
      .isRefused({ code: 'permission-not-grantable', permission: 'events:replay' });
    given()
      .when(create({}, { grantable: [] }))
      .isRefused({ code: 'permission-not-grantable', permission: 'events:read' });
  });

  it('is refused while as many are live as may be', () => {
    given()
      .when(create({}, { isFull: true }))
      .isRefused({ code: 'too-many-api-keys' });
  });

  it.each([now, '2029-12-31T23:59:59.999Z'])('is refused when it expires at %s, which is not in the future', (at) => {
    given()
      .when(create({ expiresAt: at }))
      .isRefused({ code: 'expiry-not-in-future' });
  });

  it('changes nothing for the same request again, whatever has happened to the key', () => {
    const again = create({ keySha256: 'b'.repeat(64), prefix: 'eo_other' }, { grantable: [], isFull: true });
    given(created).when(again).changesNothing();
    given(created, revoked).when(again).changesNothing();
  });

  it.each([
    { name: 'another' },
    { permissions: ['events:read'] },
    { sources: null },
    { expiresAt: later },
    { requestedBy: 'bob' },
  ])('is refused for another request under the same idempotency key: %o', (other) => {
    given(created).when(create(other)).isRefused({ code: 'idempotency-key-reused' });
  });
});

describe('revoking a key', () => {
  it('records who did it, and why', () => {
    given(created)
      .when(revoke())
      .leadsTo({ type: 'ApiKeyRevoked', data: { reason: 'leaked', requestedBy: 'alice', revokedAt: later } });
  });

  it('changes nothing for the same request again', () => {
    given(created, revoked).when(revoke()).changesNothing();
  });

  it.each([{ reason: 'not needed' }, { requestedBy: 'bob' }])('is refused when it was revoked otherwise: %o', (but) => {
    given(created, revoked).when(revoke(but)).isRefused({ code: 'api-key-revoked', revokedAt: now });
  });

  it('that was never created is refused', () => {
    given().when(revoke()).isRefused({ code: 'api-key-not-found' });
  });
});

describe('a key', () => {
  it('is live until it is revoked', () => {
    expect(isLive(fold([created]) as ApiKeyState, later)).toBe(true);
    expect(isLive(fold([created, revoked]) as ApiKeyState, now)).toBe(false);
  });

  it('is live until the moment at which it expires', () => {
    const state = fold([{ ...created, data: { ...key, expiresAt: later } }]) as ApiKeyState;
    expect([now, '2030-01-01T23:59:59.999Z', later].map((at) => isLive(state, at))).toEqual([true, true, false]);
  });

  it.each([[[revoked]], [[created, created]], [[created, revoked, revoked]], [[created, revoked, created]]])(
    'has no history that its decisions do not lead to: %#',
    (history) => {
      expect(() => fold(history as readonly ApiKeyTransition[])).toThrow(/cannot follow/);
    },
  );
});
