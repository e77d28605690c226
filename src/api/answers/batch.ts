import { z } from 'zod';
import { problemsOfAppending } from '../route-problems.ts';
import { eventAnswer } from './event.ts';
import { problemWith } from './problem.ts';

const index = z.int().min(0).describe('Of the item in the batch, from 0.');

const taken = z.strictObject({ index, status: z.literal([200, 201]), event: eventAnswer });

const refused = z.strictObject({
  index,
  status: z.int().min(400).max(599),
  problem: problemWith([
    'content-too-large',
    'idempotency-key-reused',
    'internal-error',
    'invalid-request',
    'malformed-json',
    'media-type-refused',
    'source-not-permitted',
    ...problemsOfAppending,
  ]),
});

export const batchAnswer = z.strictObject({ results: z.array(z.union([taken, refused])) }).meta({
  id: 'BatchResults',
  description: 'For each item what the same event would have been answered with on its own.',
});
