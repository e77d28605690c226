import { evolve } from '../domain/event/state.ts';
import { decodeEventTransition } from './event-history.ts';
import type { RecordedTransition } from './ports/event-log.ts';

/** Where in an event's history: after a transition, or after all that one attempt led to. */
export type Point = { readonly revision: number } | { readonly generation: number; readonly attempt: number };

/** The revision of the last transition up to that point; `null` when the history has no such point. */
export function findRevision(history: readonly RecordedTransition[], point: Point): number | null {
  if ('revision' in point) return point.revision < history.length ? point.revision : null;
  let found: number | null = null;
  let state: ReturnType<typeof evolve> | null = null;
  for (const [revision, recorded] of history.entries()) {
    state = evolve(state, decodeEventTransition(recorded));
    if (state.generation === point.generation && state.attempts === point.attempt) found = revision;
  }
  return found;
}
