import type { AuditTreeTransition, TransitionData } from './transitions.ts';

/** The checkpoint that was signed last. It says all that the earlier ones said. */
export type AuditTreeState = TransitionData<'AuditCheckpointSigned'>;

/** @throws when the transition cannot follow: only a damaged or foreign history does that. */
export function evolve(state: AuditTreeState | null, { data }: AuditTreeTransition): AuditTreeState {
  if (state !== null && (data.origin !== state.origin || data.size <= state.size))
    throw new Error(`A checkpoint of size ${data.size} cannot follow one of size ${state.size}`);
  return data;
}
