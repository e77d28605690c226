import { z } from 'zod';
import { planStates } from '../../../domain/replay-plan/state.ts';
import { listPlans } from '../../../projections/replay-plans/queries.ts';
import { exampleReplayPlan, replayPlanListAnswer } from '../../answers/replay-plan.ts';
import { cursorOf, placeOf } from '../../cursors.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { answerOf } from './show-plan.ts';

const DEFAULT_LIMIT = 50;

const query = z.strictObject({
  state: z.enum(planStates).optional(),
  limit: wholeNumber(1, mostAskedFor.listItems)
    .optional()
    .describe(`Most items of a page; ${DEFAULT_LIMIT} unless given.`),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before, with the same filters.'),
});

export const listReplayPlans = defineRoute({
  name: 'listReplayPlans',
  method: 'GET',
  path: '/v1/replay-plans',
  summary: 'List replay plans',
  description: 'The one that was requested last first.',
  access: { permission: 'events:read' },
  query,
  answers: {
    200: {
      description: 'A page.',
      body: {
        schema: replayPlanListAnswer,
        example: { items: [{ ...exampleReplayPlan, newMatches: null }], nextCursor: null },
      },
    },
  },
  problems: ['cursor-refused', 'read-database-refused', 'read-database-unavailable'],
  handler:
    ({ readDatabase, cursorKey, limits, clock, pauses }) =>
    async (request, reply, { limit = DEFAULT_LIMIT, cursor, ...filters }) => {
      const list = { clientId: request.principal.clientId, filters: { list: 'replay-plans', ...filters } };
      const key = await cursorKey();
      const after = cursor === undefined ? null : placeOf(cursor, list, key);
      if (cursor !== undefined && after === null)
        return sendProblem(reply, { code: 'cursor-refused', detail: 'Begin again without a cursor.' });
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const page = { limit, after: after === null ? undefined : { at: after.createdAt, id: after.id } };
      const { items, next } = await listPlans(readDatabase('replay-plans'), filters, page);
      const nextCursor = next === null ? null : cursorOf({ createdAt: next.at, id: next.id }, list, key);
      const shown = items.map((plan) => answerOf(plan, clock.now(), pauses));
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify({ items: shown, nextCursor }));
    },
});
