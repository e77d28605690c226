import { z } from 'zod';

/**
 * What is recorded about the tree over all histories, by its wire name: names and shapes are permanent. Fields stand in
 * alphabetical order, so that what has been checked is canonical JSON as it stands.
 */
export const transitionSchemas = {
  /** C2SP tlog-checkpoint. */
  AuditCheckpointSigned: z.object({
    /** The signed note as it is published. */
    note: z.string(),
    origin: z.string(),
    /** In base64, as in the note. */
    rootHash: z.string(),
    /** How many leaves the tree has. */
    size: z.int().positive(),
  }),
} as const;

export type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type AuditTreeTransition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];
