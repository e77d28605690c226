import { z } from 'zod';
import { findExplanationOfGroups } from '../../../projections/explanations/queries.ts';
import { actsOn, findFailureGroup, groupsUnder } from '../../../projections/failure-groups/queries.ts';
import { explanationJson } from '../../answers/explanation.ts';
import { exampleFailureGroupDetails, failureGroupDetailsAnswer } from '../../answers/failure-group.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { memoryOfPage } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { isUuid } from '../../plugins/request-context.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';

export const getFailureGroup = defineRoute({
  name: 'getFailureGroup',
  method: 'GET',
  path: '/v1/failure-groups/:id',
  summary: 'Get a failure group',
  description:
    'A failure group with what operators did to it and how it was explained. The id of a group that is merged into another one leads to that.',
  access: { permission: 'events:read' },
  params: { id: z.guid() },
  answers: {
    200: {
      description: 'The group.',
      body: { schema: failureGroupDetailsAnswer, example: exampleFailureGroupDetails },
    },
  },
  problems: ['failure-group-not-found', 'read-database-unavailable'],
  handler:
    ({ readDatabase, limits }) =>
    async (request, reply) => {
      const { id } = request.params as { readonly id: string };
      if (!isUuid(id)) return sendProblem(reply, { code: 'failure-group-not-found' });
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const db = readDatabase('failure-groups');
      const group = await findFailureGroup(db, id.toLowerCase());
      if (group === null) return sendProblem(reply, { code: 'failure-group-not-found' });
      const under = await groupsUnder(db, group.id);
      const explanation = await findExplanationOfGroups(readDatabase('explanations'), under);
      const answer = {
        ...group,
        merged: under.filter((each) => each !== group.id),
        acts: await actsOn(db, group.id),
        explanation: explanation && explanationJson(explanation),
      };
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(answer));
    },
});
