import { z } from 'zod';

const text = z.string();
/** Always with milliseconds, because moments are compared as text. */
const timestamp = z.iso.datetime({ precision: 3 });

/**
 * Every fact that can be recorded about an API key, by its wire name: names and shapes are permanent, as those of events
 * are. Fields stand in alphabetical order, so that what has been checked is canonical JSON as it stands.
 */
export const transitionSchemas = {
  ApiKeyCreated: z.object({
    /** From then on it is refused; `null` where it does not expire. */
    expiresAt: timestamp.nullable(),
    /** SHA-256 of the key, in hex. The key itself is recorded nowhere. */
    keySha256: z.string().regex(/^[0-9a-f]{64}$/),
    name: text,
    permissions: z.array(text),
    /** The key's first characters, by which people recognise it. */
    prefix: text,
    requestedBy: text,
    /** The only sources of events that it may send; `null` for all. */
    sources: z.array(text).nullable(),
  }),
  ApiKeyRevoked: z.object({ reason: text, requestedBy: text, revokedAt: timestamp }),
} as const;

export type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type ApiKeyTransition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];
