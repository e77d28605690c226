import { z } from 'zod';

const text = z.string();
/** Always with milliseconds, because moments are compared as text. */
const timestamp = z.iso.datetime({ precision: 3 });

/**
 * Every fact that can be recorded about a type of events, by its wire name: names and shapes are permanent. Fields stand in
 * alphabetical order, so that what has been checked is canonical JSON as it stands.
 */
export const transitionSchemas = {
  /** No attempt of its events begins from now on. */
  EventTypePaused: z.object({ pausedAt: timestamp, reason: text, requestedBy: text }),
  /** Its events go on. */
  EventTypeResumed: z.object({ reason: text, requestedBy: text, resumedAt: timestamp }),
} as const;

type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type EventTypeTransition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];
