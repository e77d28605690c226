import { z } from 'zod';
import { moment } from './query.ts';

const error = 'must be a position in the log, as a list of transitions shows it';

/** Query parameters that ask for what was there at a moment. At most one of them: see {@link atMostOneOf}. */
export const thenQuery = {
  asOf: moment
    .optional()
    .describe(
      'As it was at this time: with the transitions before the first that was recorded later. For a time to come, as it is.',
    ),
  asOfPosition: z
    .string({ error })
    .regex(/^\d{1,20}$/, { error })
    .transform(BigInt)
    .optional()
    .describe('As it was when the log ended at this position.'),
};

/** Names of parameters of which at most one may be given. */
export const atMostOneOf =
  (...names: readonly string[]) =>
  (query: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx<Record<string, unknown>>): void => {
    const [first, second] = names.filter((name) => query[name] !== undefined);
    if (second === undefined) return;
    context.addIssue({ code: 'custom', path: [second], message: `cannot be given together with ${first}` });
  };
