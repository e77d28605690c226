import type { Pause } from './state.ts';

/** Why the domain refuses a command. Expected, so a value and not an exception; nothing was changed. */
export type EventTypeRejection =
  /** By someone else, or for another reason, or by a request whose answer was lost: the pause says which. */
  { readonly code: 'type-paused'; readonly pause: Pause } | { readonly code: 'type-not-paused' };
