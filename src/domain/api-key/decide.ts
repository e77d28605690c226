import type { Decision as DecisionOf } from '../aggregate.ts';
import type { ApiKeyCommand, CreateApiKey } from './commands.ts';
import type { ApiKeyRejection } from './rejections.ts';
import type { ApiKeyState } from './state.ts';
import type { ApiKeyTransition, TransitionData } from './transitions.ts';

type Decision = DecisionOf<ApiKeyTransition, ApiKeyRejection>;

/** What follows from a command in a state. Pure and total: every refusal is a value. */
export function decide(state: ApiKeyState | null, command: ApiKeyCommand): Decision {
  if (command.kind === 'CreateApiKey') return create(state, command);
  if (state === null) return reject({ code: 'api-key-not-found' });
  const { reason, requestedBy, now: revokedAt } = command;
  const before = state.revoked;
  if (before === null) return accept({ type: 'ApiKeyRevoked', data: { reason, requestedBy, revokedAt } });
  return before.reason === reason && before.requestedBy === requestedBy
    ? accept()
    : reject({ code: 'api-key-revoked', revokedAt: before.revokedAt });
}

function create(state: ApiKeyState | null, { key, grantable, isFull, now }: CreateApiKey): Decision {
  // Asked for before: by now the request might be refused that was carried out then.
  if (state !== null) return isSameRequest(state.created, key) ? accept() : reject({ code: 'idempotency-key-reused' });
  if (isFull) return reject({ code: 'too-many-api-keys' });
  const permission = key.permissions.find((each) => !grantable.includes(each));
  if (permission !== undefined) return reject({ code: 'permission-not-grantable', permission });
  if (key.expiresAt !== null && key.expiresAt <= now) return reject({ code: 'expiry-not-in-future' });
  return accept({ type: 'ApiKeyCreated', data: key });
}

type Created = TransitionData<'ApiKeyCreated'>;

/** Each request has a fresh key, so the key itself does not count. */
const isSameRequest = (one: Created, other: Created) => requestIn(one) === requestIn(other);
const requestIn = ({ expiresAt, name, permissions, requestedBy, sources }: Created) =>
  JSON.stringify([expiresAt, name, permissions, requestedBy, sources]);

const accept = (...transitions: readonly ApiKeyTransition[]): Decision => ({ ok: true, transitions });
const reject = (rejection: ApiKeyRejection): Decision => ({ ok: false, rejection });
