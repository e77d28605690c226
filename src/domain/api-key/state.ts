import type { ApiKeyTransition, TransitionData } from './transitions.ts';

/** What the history of one key adds up to. */
export interface ApiKeyState {
  readonly created: TransitionData<'ApiKeyCreated'>;
  readonly revoked: TransitionData<'ApiKeyRevoked'> | null;
}

/** Whether requests with the key are taken. */
export const isLive = ({ created: { expiresAt }, revoked }: ApiKeyState, now: string): boolean =>
  revoked === null && (expiresAt === null || now < expiresAt);

/** @throws when the transition cannot follow: only a damaged or foreign history does that. */
export function evolve(state: ApiKeyState | null, transition: ApiKeyTransition): ApiKeyState {
  const { type, data } = transition;
  if (state === null && type === 'ApiKeyCreated') return { created: data, revoked: null };
  if (state !== null && state.revoked === null && type === 'ApiKeyRevoked') return { ...state, revoked: data };
  throw new Error(
    `${type} cannot follow ${state === null ? 'nothing' : state.revoked ? 'a revocation' : 'a creation'}`,
  );
}
