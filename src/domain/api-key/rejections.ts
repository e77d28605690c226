/** Why the domain refuses a command. Expected, so a value and not an exception; nothing was changed. */
export type ApiKeyRejection =
  /** No such key was ever created. */
  | { readonly code: 'api-key-not-found' }
  /** It was revoked before, by someone else or for another reason. */
  | { readonly code: 'api-key-revoked'; readonly revokedAt: string }
  /** A key that could never be used. */
  | { readonly code: 'expiry-not-in-future' }
  /** The key was asked for with other contents: one idempotency key names one request permanently. */
  | { readonly code: 'idempotency-key-reused' }
  /** A key may not permit what whoever asks for it may not give. */
  | { readonly code: 'permission-not-grantable'; readonly permission: string }
  /** As many are live as may be. */
  | { readonly code: 'too-many-api-keys' };
