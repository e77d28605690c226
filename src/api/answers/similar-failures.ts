import { z } from 'zod';
import { failureGroupStatuses } from '../../projections/failure-groups/queries.ts';
import { exampleExplanation, explanationAnswer } from './explanation.ts';
import { time, times } from './times.ts';

const count = z.int().min(0);
const ofAll = 'Null for those who see their own events alone: it is of all clients.';

const failureGroup = z.strictObject({
  id: z.guid(),
  handler: z.string().nullable(),
  class: z.string(),
  title: z.string(),
  status: z.enum(failureGroupStatuses),
  lastSeenAt: time.nullable().describe(ofAll),
  events: count.nullable().describe(ofAll),
  dead: count.nullable().describe(ofAll),
  replays: z
    .strictObject({ processed: count, failed: count })
    .nullable()
    .describe(`What replays of its dead letters came to. ${ofAll}`),
  note: z.string().nullable().describe(`Of the last resolution. ${ofAll}`),
  resolvedAt: time.nullable(),
  resolvedIn: z.string().nullable().describe('The version of the handler that resolves it.'),
});

const why = z.strictObject({
  text: z.string().describe('In words.'),
  sharedOperations: z
    .array(z.string())
    .describe('Of the vocabulary of operations: what both are about, in whatever words.'),
  sharedWords: z.array(z.string()),
  vectorDistance: z
    .number()
    .min(0)
    .max(2)
    .nullable()
    .describe('The cosine distance; null where there is no vector yet.'),
  sameClass: z.boolean(),
  sameHandler: z.boolean(),
});

const similarFailure = z.strictObject({
  score: z.number().min(0).max(1).describe('By which the list is ordered; recent failures count more.'),
  failureGroup,
  eventId: z.guid().describe('An event of the group, the latest where that is not the one asked for.'),
  why,
  explanation: explanationAnswer.nullable(),
});

export const similarFailuresAnswer = z
  .strictObject({
    items: z.array(similarFailure).describe('Empty where nothing is similar enough.'),
    model: z.string().describe('Of the vectors.'),
  })
  .meta({ id: 'SimilarFailures', description: `Failures like one, the most similar first. ${times}` });

export const exampleSimilarFailures = {
  items: [
    {
      score: 0.8123,
      failureGroup: {
        ...{ id: '3c1f0a52-7d2e-8b41-9a76-2f5f0c6b1d10', handler: 'order.placed', class: 'Error' },
        ...{ title: 'Error: the warehouse answers 503', status: 'resolved', lastSeenAt: '2030-01-31T12:05:00.000Z' },
        ...{ events: 12, dead: 12, replays: { processed: 11, failed: 1 }, note: 'The warehouse was restarted.' },
        ...{ resolvedAt: '2030-01-31T13:00:00.000Z', resolvedIn: null },
      },
      eventId: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
      why: {
        text: 'Both are about service unavailable, and both say “warehouse”.',
        ...{ sharedOperations: ['service unavailable'], sharedWords: ['warehouse'], vectorDistance: 0.1242 },
        ...{ sameClass: true, sameHandler: true },
      },
      explanation: exampleExplanation,
    },
  ],
  model: 'local/1',
};
