import { z } from 'zod';

const text = z.string();
/** Always with milliseconds, as all times of transitions. */
const timestamp = z.iso.datetime({ precision: 3 });

const repairedTable = z.object({
  /** That were not what the history says; empty where whole rows were missing or extra. */
  columns: z.array(text),
  /** `extra`: by its history the event has no row there. */
  found: z.enum(['different', 'extra', 'missing', 'right']),
  projection: text,
  table: text,
});

/**
 * Every fact that can be recorded about repairs of an event's rows, by its wire name: names and shapes are permanent. Fields stand in
 * alphabetical order, so that what has been checked is canonical JSON as it stands. `id` is the repair's.
 */
export const transitionSchemas = {
  RowRepairRequested: z.object({ id: text, reason: text, requestedAt: timestamp, requestedBy: text }),
  /** The rows are what the history says up to `revision`. */
  RowRepaired: z.object({
    id: text,
    repairedAt: timestamp,
    revision: z.int().nonnegative(),
    tables: z.array(repairedTable),
  }),
} as const;

export type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type RowRepairTransition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];

export type RepairedTable = z.infer<typeof repairedTable>;
