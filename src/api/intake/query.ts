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

/** Whether a moment is one that rows can have: PostgreSQL's calendar has no year 0. */
export const isInRange = (epochMs: number) => epochMs >= 0 && epochMs <= latest;

/** A moment as RFC 3339 lets it be written: also with a small `t` and `z`, and with a leap second. */
export const rfc3339 = (error: string) =>
  z
    .stringFormat('moment', (text) => plainMoment.safeParse(withoutLeapSecond(text.toUpperCase())).success, { error })
    .meta({ format: 'date-time' });

const plainMoment = z.iso.datetime({ offset: true });
const withoutLeapSecond = (text: string) => text.replace(/:60(?=\.|Z|[+-]|$)/, ':59');

/** A query parameter that is a moment: RFC 3339 with `Z` or an offset. Read as UTC with milliseconds. */
export const moment = rfc3339(notAMoment)
  .transform((text) => Date.parse(withoutLeapSecond(text.toUpperCase())))
  .refine(isInRange, { error: notAMoment })
  .transform((epochMs) => new Date(epochMs).toISOString());
