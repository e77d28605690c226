import type { TransitionData } from './transitions.ts';

export interface CreateApiKey {
  readonly kind: 'CreateApiKey';
  readonly key: TransitionData<'ApiKeyCreated'>;
  /** What whoever asks may give to a key. */
  readonly grantable: readonly string[];
  /** Whether as many keys are live as may be. */
  readonly isFull: boolean;
  /** RFC 3339 in UTC with milliseconds, as all times here. */
  readonly now: string;
}

export interface RevokeApiKey {
  readonly kind: 'RevokeApiKey';
  readonly reason: string;
  readonly requestedBy: string;
  readonly now: string;
}

export type ApiKeyCommand = CreateApiKey | RevokeApiKey;
