import { z } from 'zod';
import type { FieldError, ProblemCode } from '../problem-details.ts';

const fieldError = z
  .strictObject({
    pointer: z
      .string()
      .describe('RFC 6901, into the body as it was sent; `/query/…` and `/headers/…` for what is not in the body.'),
    code: z.string(),
    message: z.string(),
  } satisfies Record<keyof FieldError, z.ZodType>)
  .meta({ id: 'FieldError' });

export const problem = z
  .looseObject({
    type: z.string().regex(/^urn:eventops:problem:[a-z-]+$/),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.string().describe('What programs go by. It does not change; title and detail may.'),
    detail: z.string().optional().describe('What happened, and what to do next.'),
    errors: z.array(fieldError).optional().describe('The parts of the request that are at fault.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });

/** A problem document with one of the codes. */
export const problemWith = (codes: readonly ProblemCode[]) =>
  z.intersection(problem, z.looseObject({ code: z.enum(codes) }));
