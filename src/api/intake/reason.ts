import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { takeBody } from '../plugins/body-reading.ts';
import { readFields } from './fields.ts';
import { asEnvelope, decodeText, type Reading, readDocument } from './json-document.ts';

/** Also ends of lines, and what turns text around: a reason is read in lists, logs and terminals. */
const misleading = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/u;
/** A letter, digit, sign or symbol that can be seen; a few letters and U+2800 look like nothing. */
const visible = /(?=[\p{L}\p{N}\p{P}\p{S}])[^\p{Default_Ignorable_Code_Point}\u2800]/u;

export const reasonBody = z.strictObject({
  reason: z
    .string()
    .min(1, { abort: true })
    .max(500)
    .refine((text) => !misleading.test(text), {
      error: 'must be one line without control characters and marks of direction',
      abort: true,
    })
    .refine((text) => visible.test(text), { error: 'must hold characters that can be seen' }),
});

/** Why operators want what they ask for: it goes into the history. */
export function readReason(request: FastifyRequest): Reading<{ readonly reason: string }> {
  const text = decodeText(takeBody(request));
  if (!text.ok) return text;
  const document = readDocument(text.value);
  const envelope = document.ok ? asEnvelope(document.value) : document;
  return envelope.ok ? readFields(reasonBody, envelope.value.value) : envelope;
}
