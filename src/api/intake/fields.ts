import { z } from 'zod';
import type { FieldError } from '../problem-details.ts';
import { invalid, pointerOf, type Reading, refused } from './json-document.ts';
import { isUriReference } from './uri-reference.ts';

const plain = /^[A-Za-z0-9_.:/-]{1,200}$/;

/** Names of types go into patterns, logs and headers of other systems, so they are plain. */
export const plainName = z.string().regex(plain, { error: 'must be 1 to 200 characters of A-Z a-z 0-9 _ . : / -' });

const LONGEST_SOURCE = 2_048;

/** A plain name, or any URI reference: what CloudEvents asks of a source. */
export const sourceName = z
  .stringFormat(
    'source',
    (text) => plain.test(text) || (text !== '' && text.length <= LONGEST_SOURCE && isUriReference(text)),
    { error: `must be a URI reference of at most ${LONGEST_SOURCE} characters, or a plain name such as shop` },
  )
  .meta({ format: 'uri-reference', maxLength: LONGEST_SOURCE });

export const printableKey = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/, { error: 'must be 1 to 255 printable ASCII characters' });

/** Also ends of lines, and what turns text around: what people write is read in lists, logs and terminals. */
const misleading = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/u;
/** A letter, digit, sign or symbol that can be seen; a few letters and U+2800 look like nothing. */
const visible = /(?=[\p{L}\p{N}\p{P}\p{S}])[^\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Words for people. */
export const oneLine = (most: number) =>
  z
    .string()
    .min(1, { abort: true })
    .max(most)
    .refine((text) => !misleading.test(text), {
      error: 'must be one line without control characters and marks of direction',
      abort: true,
    })
    .refine((text) => visible.test(text), { error: 'must hold characters that can be seen' });

const REQUIRED = 'is required';

/** Any JSON; `null` is some. */
export const anyJson = z.unknown().refine((value) => value !== undefined, { error: REQUIRED });

/** `value` as `schema` has it, neither coerced nor stripped; `base` is where in the request it stands. */
export function readFields<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  base: readonly string[] = [],
): Reading<z.output<Schema>> {
  const parsed = schema.safeParse(value, { error: (issue) => (issue.input === undefined ? REQUIRED : undefined) });
  return parsed.success
    ? { ok: true, value: parsed.data }
    : refused(invalid(parsed.error.issues.flatMap((issue) => fieldErrors(issue, base))));
}

function fieldErrors(issue: z.core.$ZodIssue, base: readonly string[]): readonly FieldError[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((name) => ({
      pointer: pointerOf(...path, name),
      code: 'unknown-member',
      message: 'is not known here',
    }));
  const code = issue.message === REQUIRED ? 'required' : (codes[issue.code] ?? 'invalid');
  return [{ pointer: pointerOf(...path), code, message: issue.message }];
}

const codes: Partial<Record<z.core.$ZodIssue['code'], string>> = {
  invalid_type: 'wrong-type',
  invalid_format: 'wrong-format',
  invalid_value: 'wrong-value',
  too_big: 'too-large',
  too_small: 'too-small',
};
