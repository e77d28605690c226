import type { EventTypeTransition } from './transitions.ts';

export interface Pause {
  readonly since: string;
  readonly by: string;
  readonly reason: string;
}

/** What the history of one type adds up to. */
export interface EventTypeState {
  /** `null` while its events are worked on. */
  readonly pause: Pause | null;
}

/** @throws when the transition cannot follow: only a damaged or foreign history does that. */
export function evolve(state: EventTypeState | null, transition: EventTypeTransition): EventTypeState {
  const isPaused = state !== null && state.pause !== null;
  if (transition.type === 'EventTypePaused' && !isPaused) {
    const { pausedAt: since, requestedBy: by, reason } = transition.data;
    return { pause: { since, by, reason } };
  }
  if (transition.type === 'EventTypeResumed' && isPaused) return { pause: null };
  throw new Error(`${transition.type} cannot follow ${isPaused ? 'a pause' : 'none'}`);
}
