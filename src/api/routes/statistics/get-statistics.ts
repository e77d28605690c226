import { z } from 'zod';
import {
  bucketNames,
  MOST_BUCKETS,
  statisticsByFailure,
  statisticsByStatus,
  statisticsByType,
  USUAL_BUCKETS,
  windowOf,
} from '../../../projections/statistics/queries.ts';
import { exampleStatistics, statisticsAnswer } from '../../answers/statistics.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { moment } from '../../intake/query.ts';
import { memoryOfPage } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';

const ask = { type: statisticsByType, status: statisticsByStatus, failure: statisticsByFailure } as const;
type By = keyof typeof ask;

const query = z.strictObject({
  by: z
    .enum(Object.keys(ask) as [By, ...By[]])
    .optional()
    .describe('`type` unless given.'),
  bucket: z.enum(bucketNames).optional().describe('A minute, an hour or a day of UTC; `1m` unless given.'),
  since: moment
    .optional()
    .describe(`From the bucket that this time is in; unless given, the last ${USUAL_BUCKETS} buckets.`),
  until: moment.optional().describe('Up to the bucket that this time is in; now unless given.'),
});

const tooWide = `must be at or before the end, and no more than ${MOST_BUCKETS} buckets before it: ask for a later beginning, an earlier end (until), or longer buckets`;

export const getStatistics = defineRoute({
  name: 'getStatistics',
  method: 'GET',
  path: '/v1/stats',
  summary: 'Get statistics',
  description:
    'Counts of transitions, retry rate, and percentiles of how long attempts, and events from receipt to end, took: by type, by kind of transition, or by kind of failure. They come from read tables, which follow the log by about a second. docs/operating.md says what is counted, and for how long it is kept.',
  // Of all clients together, so there is no part of it that is one client's own.
  access: { permission: 'events:read' },
  query,
  answers: { 200: { description: 'The statistics.', body: { schema: statisticsAnswer, example: exampleStatistics } } },
  problems: ['read-database-refused', 'read-database-unavailable'],
  handler:
    ({ readDatabase, limits, clock }) =>
    async (request, reply, { by = 'type', bucket = '1m', since, until }) => {
      const window = windowOf(bucket, {
        since: since === undefined ? null : Date.parse(since),
        until: until === undefined ? clock.now() : Date.parse(until),
      });
      if (window === null)
        return sendProblem(reply, {
          code: 'invalid-request',
          errors: [{ pointer: '/query/since', code: 'wrong-value', message: tooWide }],
        });
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const found = await ask[by](readDatabase('statistics'), window);
      const answer = { by, ...window, ...found };
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(answer));
    },
});
