import { z } from 'zod';

/** A query parameter that is a whole number in decimal digits: no sign, no fraction, no exponent, no white space. */
export function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z
    .string({ error })
    .regex(/^\d{1,16}$/, { error })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error });
}

const notAMoment = 'must be a time in RFC 3339 from 1970 to 9999, such as 2030-01-31T12:00:00Z';
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** A query parameter that is a moment: RFC 3339 with `Z` or an offset. Read as UTC with milliseconds. */
export const moment = z.iso
  .datetime({ offset: true, error: notAMoment })
  .transform((text) => Date.parse(text))
  .refine((epochMs) => epochMs >= 0 && epochMs <= latest, { error: notAMoment })
  .transform((epochMs) => new Date(epochMs).toISOString());
