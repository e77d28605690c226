import { createFindGroup } from '../../../application/explaining/find-group.ts';
import { groupOf } from '../../../application/failure-groups/identity.ts';
import type { EventReader } from '../../../application/ports/event-log.ts';
import type { TransitionData } from '../../../domain/event/transitions.ts';
import { findExplanations } from '../../../projections/explanations/queries.ts';
import { exampleExplanation, explanationAnswer, explanationJson } from '../../answers/explanation.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { memoryOfEvent } from '../../limits.ts';
import { toReadEvents } from '../../permissions.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from '../events/event-answers.ts';
import { failureOfEvent, mayKnowOfEvent } from './failure-of-event.ts';

export const getExplanation = defineRoute({
  name: 'getExplanation',
  method: 'GET',
  path: '/v1/events/:id/explanation',
  summary: 'Get the explanation of a failure',
  description:
    'Why the event probably failed and what to do about it, as it was explained for this event or for another of its failure group: without `events:read`, for another of the own client. Written by rules or by a model, it is a hint: nothing is decided by it.',
  access: toReadEvents,
  params: eventIdParams,
  answers: {
    200: { description: 'The explanation.', body: { schema: explanationAnswer, example: exampleExplanation } },
  },
  problems: ['event-not-found', 'explanation-not-found', 'read-database-unavailable', ...problemsOfReadingTheLog],
  handler:
    ({ log, limits, readDatabase }) =>
    async (request, reply) => {
      const eventId = eventIdIn(request);
      if (eventId === null) return sendEventNotFound(reply);
      const refusal = await takeRoom(request, reply, memoryOfEvent(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const found = await failureOfEvent(log, eventId, request);
      if (!found.ok) return sendProblem(reply, found.problem);
      const attempt = { eventId, eventRevision: found.revision, groupIds: await groupsOf(log, found.failed) };
      const explanation = (await findExplanations(readDatabase('explanations'), [attempt])).get(eventId);
      // What was said of another client's event quotes it, so that it is as if nothing had been said yet.
      const isShown =
        explanation !== undefined &&
        (explanation.eventId === eventId || (await mayKnowOfEvent(log, explanation.eventId, request)));
      if (!isShown)
        return sendProblem(reply, {
          code: 'explanation-not-found',
          detail: 'Its failure has not been explained, or only just now. Ask again in a moment.',
        });
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(explanationJson(explanation)));
    },
});

/** The group that the failure belongs to, and the one that it would by its fingerprint alone. */
async function groupsOf(
  log: Pick<EventReader, 'readStream'>,
  { handler, failure }: TransitionData<'ProcessingFailed'>,
): Promise<readonly string[]> {
  const found = await createFindGroup(log)(handler, failure);
  return [...new Set([found.id, groupOf(handler, failure).id])];
}
