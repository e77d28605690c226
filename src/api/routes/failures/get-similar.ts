import { z } from 'zod';
import { fingerprintOf } from '../../../domain/failure-group/fingerprint.ts';
import { exampleSimilarFailures, similarFailuresAnswer } from '../../answers/similar-failures.ts';
import { wholeNumber } from '../../intake/query.ts';
import { memoryOfPage } from '../../limits.ts';
import { toReadEvents } from '../../permissions.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from '../events/event-answers.ts';
import { answerNothing, answerSimilar, DEFAULT_SIMILAR, MOST_SIMILAR } from './answer-similar.ts';
import { failureOfEvent } from './failure-of-event.ts';

const query = z.strictObject({
  limit: wholeNumber(1, MOST_SIMILAR).optional().describe(`Most items; ${DEFAULT_SIMILAR} unless given.`),
});

export const getSimilar = defineRoute({
  name: 'getSimilarFailures',
  method: 'GET',
  path: '/v1/events/:id/similar',
  summary: 'Find failures like that of an event',
  description:
    'When something like the last failure of the event happened before, what was said and done about it, and what replays came to. What is not similar enough is left out, and an event that has not failed is like none. Without `events:read`, groups whose latest event is of the own client.',
  access: toReadEvents,
  params: eventIdParams,
  query,
  answers: {
    200: {
      description: 'The most similar first.',
      body: { schema: similarFailuresAnswer, example: exampleSimilarFailures },
    },
  },
  problems: ['event-not-found', 'read-database-unavailable', ...problemsOfReadingTheLog],
  handler:
    (dependencies) =>
    async (request, reply, { limit = DEFAULT_SIMILAR }) => {
      const { log, limits } = dependencies;
      const eventId = eventIdIn(request);
      if (eventId === null) return sendEventNotFound(reply);
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const found = await failureOfEvent(log, eventId, request);
      if (!found.ok && found.problem.code === 'explanation-not-found') return answerNothing(dependencies, reply);
      if (!found.ok) return sendProblem(reply, found.problem);
      const { handler, failure } = found.failed;
      return answerSimilar(dependencies, { ...fingerprintOf(failure), handler, eventId, limit }, request, reply);
    },
});
