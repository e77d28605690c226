import { aggregates } from '../../../src/application/aggregates.ts';
import { decoderOf } from '../../../src/application/decode-transition.ts';
import { tally } from './tally/aggregate.ts';

/** THE LIST, and the example in one more line of it. */
export const aggregatesWithExample = [...aggregates, tally] as const;

export const decodeAny = decoderOf(...aggregatesWithExample);
