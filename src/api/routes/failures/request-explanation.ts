import { z } from 'zod';
import { createFindGroup } from '../../../application/explaining/find-group.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { memoryOfEvent } from '../../limits.ts';
import { toReadEvents } from '../../permissions.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { problemOfRejection, success } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from '../events/event-answers.ts';
import { failureOfEvent } from './failure-of-event.ts';

const requested = z
  .strictObject({ failureGroupId: z.guid(), eventId: z.guid() })
  .meta({ id: 'ExplanationRequest', description: 'What will be explained, within the time that a model takes.' });

export const requestExplanation = defineRoute({
  name: 'requestExplanation',
  method: 'POST',
  path: '/v1/events/:id/explanation',
  summary: 'Ask for an explanation',
  description:
    'Has the last failure of this very event explained again. Asking while it is under way is asking once. `GET` has the answer in a while.',
  access: { permission: 'failures:manage', and: toReadEvents },
  countsAs: 'act',
  params: eventIdParams,
  answers: {
    [success.accepted]: {
      description: 'It is asked for.',
      body: {
        schema: requested,
        example: {
          failureGroupId: '3c1f0a52-7d2e-8b41-9a76-2f5f0c6b1d10',
          eventId: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
        },
      },
    },
  },
  problems: ['event-not-found', 'explanation-not-found', 'explanations-off', ...problemsOfAppending],
  handler:
    ({ log, limits, useCases, explains }) =>
    async (request, reply) => {
      const eventId = eventIdIn(request);
      if (eventId === null) return sendEventNotFound(reply);
      const refusal = await takeRoom(request, reply, memoryOfEvent(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const found = await failureOfEvent(log, eventId, request);
      if (!found.ok) return sendProblem(reply, found.problem);
      if (!explains) return sendProblem(reply, { code: 'explanations-off', detail: 'The setting EXPLAIN says so.' });
      const { id, of } = await createFindGroup(log)(found.failed.handler, found.failed.failure);
      const act = { kind: 'RequestExplanation', eventId, requestedBy: request.principal.subject } as const;
      const result = await useCases.actOnFailureGroup({ id, of, act, context: actContextOf(request) });
      if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
      return reply
        .code(success.accepted)
        .header('content-type', JSON_CONTENT_TYPE)
        .send(JSON.stringify({ failureGroupId: id, eventId }));
    },
});
