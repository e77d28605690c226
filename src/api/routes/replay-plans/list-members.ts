import { z } from 'zod';
import { findPlan, listMembers, memberOutcomes } from '../../../projections/replay-plans/queries.ts';
import { exampleMembers, replayPlanMembersAnswer } from '../../answers/replay-plan.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { planIdIn, planIdParams } from './show-plan.ts';

const DEFAULT_LIMIT = 50;

const query = z.strictObject({
  outcome: z.enum(memberOutcomes).optional(),
  from: wholeNumber(0, 1_000_000_000).optional().describe('The number to begin with; 0 unless given.'),
  limit: wholeNumber(1, mostAskedFor.listItems)
    .optional()
    .describe(`Most items of a page; ${DEFAULT_LIMIT} unless given.`),
});

export const listReplayPlanMembers = defineRoute({
  name: 'listReplayPlanMembers',
  method: 'GET',
  path: '/v1/replay-plans/:id/members',
  summary: 'List the events of a replay plan',
  description:
    'In the order in which they are taken, with the outcome of each: those that became dead letters again with the failure, those that were skipped with the reason.',
  access: { permission: 'events:read' },
  params: planIdParams,
  query,
  answers: { 200: { description: 'A page.', body: { schema: replayPlanMembersAnswer, example: exampleMembers } } },
  problems: ['replay-plan-not-found', 'read-database-unavailable'],
  handler:
    ({ readDatabase, limits }) =>
    async (request, reply, { limit = DEFAULT_LIMIT, from = 0, outcome }) => {
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const id = planIdIn(request.params);
      const db = readDatabase('replay-plans');
      if (id === null || (await findPlan(db, id)) === null)
        return sendProblem(reply, { code: 'replay-plan-not-found' });
      const found = await listMembers(db, id, { outcome, from, limit: limit + 1 });
      const answer = { items: found.slice(0, limit), nextFrom: found[limit]?.number ?? null };
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(answer));
    },
});
