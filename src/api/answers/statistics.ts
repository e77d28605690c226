import { z } from 'zod';
import {
  bucketNames,
  type Counted,
  countedNames,
  type Durations,
  type Figures,
  MOST_BUCKETS,
  MOST_GROUPS,
  RELATIVE_ERROR,
} from '../../projections/statistics/queries.ts';
import { time, times } from './times.ts';

const count = z.int().min(0);
const duration = count.describe('In milliseconds.');

const durations = z
  .strictObject({
    count: count.min(1),
    p50Ms: duration,
    p95Ms: duration,
    p99Ms: duration,
  } satisfies Record<keyof Durations, z.ZodType>)
  .meta({
    id: 'Durations',
    description: `Percentiles, off by at most ${RELATIVE_ERROR * 100} % and half a millisecond.`,
  });

const counts = z
  .strictObject(
    Object.fromEntries(countedNames.map((name) => [name, count])) as Readonly<Record<Counted, typeof count>>,
  )
  .meta({ id: 'TransitionCounts', description: 'How many transitions of each kind were recorded.' });

const figures = {
  counts,
  retryRate: z
    .number()
    .min(0)
    .nullable()
    .describe(
      'Of the attempts with an outcome, the part after which a retry was scheduled. Null where there was none.',
    ),
  attempts: durations.nullable().describe('How long handlers ran. Null where none did.'),
  endToEnd: durations.nullable().describe('From receipt, or replay, to the end. Null where nothing ended.'),
} satisfies Record<keyof Figures, z.ZodType>;

const ofTime = { startedAt: time.describe('The beginning of the bucket.') };
const points = <Said extends z.ZodRawShape>(said: Said) =>
  z.array(z.strictObject({ ...ofTime, ...said })).describe('By bucket; those in which nothing happened are left out.');

const answerBy = <By extends string, Group extends z.ZodRawShape>(by: By, group: Group) =>
  z.strictObject({
    by: z.literal(by),
    bucket: z.enum(bucketNames),
    since: time,
    until: time.describe('Exclusive: the end of the last bucket, which may be still to come.'),
    total: z.strictObject(figures).describe('Of everything in this time.'),
    groups: z.array(z.strictObject(group)),
  });

const byType = answerBy('type', {
  type: z.string().nullable().describe(`Null: all others together, beyond the ${MOST_GROUPS} of which most happened.`),
  ...figures,
  points: points(figures),
});

const byStatus = answerBy('status', { status: z.enum(countedNames), count, points: points({ count }) });

const byFailure = answerBy('failure', {
  class: z.string().nullable().describe(`Null: all others together, beyond the ${MOST_GROUPS} most frequent.`),
  fingerprint: z.string().nullable().describe('As the filter `failure` of the list of events takes it.'),
  count,
  points: points({ count }),
});

export const statisticsAnswer = z.union([byType, byStatus, byFailure]).meta({
  id: 'Statistics',
  description: `What happened in at most ${MOST_BUCKETS} minutes, hours or days of UTC, by the moment at which it was recorded. ${times}`,
});

const exampleFigures = {
  counts: {
    ...{ received: 120, started: 131, processed: 118, failed: 12, interrupted: 0, retried: 11, dead: 1 },
    ...{ replayed: 0, discarded: 0 },
  },
  retryRate: 0.0846,
  attempts: { count: 130, p50Ms: 12, p95Ms: 48, p99Ms: 210 },
  endToEnd: { count: 119, p50Ms: 21, p95Ms: 1_290, p99Ms: 5_040 },
};

export const exampleStatistics = {
  ...{ by: 'type', bucket: '1m', since: '2030-01-31T12:00:00.000Z', until: '2030-01-31T13:00:00.000Z' },
  total: exampleFigures,
  groups: [
    {
      type: 'order.placed',
      ...exampleFigures,
      points: [{ startedAt: '2030-01-31T12:00:00.000Z', ...exampleFigures }],
    },
  ],
};
