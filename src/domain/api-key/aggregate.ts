import type { Aggregate } from '../aggregate.ts';
import type { ApiKeyCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { ApiKeyRejection } from './rejections.ts';
import { type ApiKeyState, evolve } from './state.ts';
import { type ApiKeyTransition, transitionSchemas } from './transitions.ts';

/** What machines without an issuer of tokens are let in with. */
export const apiKeyAggregate: Aggregate<ApiKeyState, ApiKeyCommand, ApiKeyTransition, ApiKeyRejection> = {
  name: 'API key',
  streamPrefix: 'key-',
  schemas: transitionSchemas,
  upcasters: {},
  acts: ['ApiKeyCreated', 'ApiKeyRevoked'],
  decide,
  evolve,
};
