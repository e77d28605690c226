import type { ApiKeys } from '../../application/api-keys/follow-api-keys.ts';
import type { KnownApiKey } from '../../application/api-keys/key-ring.ts';
import type { NotedUses } from '../../application/api-keys/note-uses.ts';
import type { Authenticator, Principal } from '../../application/ports/authenticator.ts';
import { type Clock, timestamp } from '../../application/ports/clock.ts';
import { isLive } from '../../domain/api-key/state.ts';
import { digestOf, isMeantAsKey, isWellFormedKey } from './key-text.ts';

interface KeyAuthenticatorOptions {
  readonly apiKeys: Pick<ApiKeys, 'withDigest'>;
  readonly uses: Pick<NotedUses, 'note'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Clients that are keys have names of their own, which no token of an issuer may bear. */
const CLIENT_PREFIX = 'key:';

/** Takes API keys, and leaves every other token to `others`. */
export function takingApiKeys(others: Authenticator, { apiKeys, uses, clock }: KeyAuthenticatorOptions): Authenticator {
  return {
    async authenticate(token) {
      if (!isMeantAsKey(token)) return unlessNamedAsKey(await others.authenticate(token));
      if (!isWellFormedKey(token)) return null;
      // Found by its digest: how long that takes says nothing about a key of which the digest is not known.
      const key = apiKeys.withDigest(digestOf(token));
      if (key === null || !isLive(key, timestamp(clock.now()))) return null;
      uses.note(key.id);
      return principalOf(key);
    },
  };
}

const principalOf = ({ id, created: { permissions, sources } }: KnownApiKey): Principal => ({
  clientId: CLIENT_PREFIX + id,
  subject: CLIENT_PREFIX + id,
  roles: [],
  scopes: permissions,
  tokenId: null,
  sources,
});

const unlessNamedAsKey = (principal: Principal | null) =>
  principal !== null && [principal.clientId, principal.subject].some((name) => name.startsWith(CLIENT_PREFIX))
    ? null
    : principal;
