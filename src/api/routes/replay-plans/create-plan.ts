import { z } from 'zod';
import { planActions } from '../../../domain/replay-plan/transitions.ts';
import { findCandidates, titlesOf } from '../../../projections/dead-letters/queries.ts';
import { exampleReplayPlan, replayPlanAnswer } from '../../answers/replay-plan.ts';
import { deadLetterFilter } from '../../intake/dead-letter-filters.ts';
import { oneLine } from '../../intake/fields.ts';
import { readBody } from '../../intake/json-body.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection, success } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { countsOf, groupsOf, withinPolicy } from './frozen-set.ts';
import { answerOf, sendPlan, untouched } from './show-plan.ts';

const MOST_IDS = 5_000;

const filter = deadLetterFilter.refine((given) => Object.values(given).some((value) => value !== undefined), {
  error: 'must hold at least one filter: a plan of all dead letters is none that anyone has looked at',
});

const body = z
  .strictObject({
    action: z.enum(planActions).optional().describe('`replay` unless given.'),
    filter: filter.optional().describe('As the list of dead letters takes them.'),
    ids: z.array(z.guid()).min(1).max(MOST_IDS).optional().describe('Of dead letters.'),
    reason: oneLine(500),
  })
  .refine(({ filter: given, ids }) => (given === undefined) !== (ids === undefined), {
    path: ['filter'],
    error: 'give either filter or ids',
  });

export const createReplayPlan = defineRoute({
  name: 'createReplayPlan',
  method: 'POST',
  path: '/v1/replay-plans',
  summary: 'Freeze a set of dead letters',
  description:
    'Makes a plan of the dead letters that a filter lets through now, or of ids. Nothing is done to them before the plan is started, and nothing ever to those that come later. The answer counts what is in the set, and says what the handlers of types forbid. docs/replay-plans.md says how a plan goes on.',
  access: { permission: 'plans:manage', and: { permission: 'events:read' } },
  countsAs: 'act',
  body: {
    content: {
      'application/json': {
        schema: body,
        example: { filter: exampleReplayPlan.filter, reason: exampleReplayPlan.reason },
      },
    },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: {
    [success.created]: {
      description: 'The plan.',
      headers: { location: z.string() },
      body: { schema: replayPlanAnswer, example: exampleReplayPlan },
    },
  },
  problems: [
    ...(['replay-plan-empty', 'replay-plan-too-large'] as const),
    ...(['read-database-unavailable', 'read-database-refused'] as const),
    ...problemsOfAppending,
  ],
  handler:
    ({ readDatabase, useCases, replayPermissionOf: permissionOf, planMaxEvents: mostEvents, clock, pauses }) =>
    async (request, reply) => {
      const given = readBody(request, body);
      if (!given.ok) return sendProblem(reply, given.problem);
      const { action = 'replay', filter: filters, ids, reason } = given.value;
      readDatabase('failure-groups');
      const db = readDatabase('dead-letters');
      const wanted = ids?.map((id) => id.toLowerCase());
      const asked = wanted === undefined ? { filters: filters ?? {} } : { ids: wanted };
      const candidates = await findCandidates(db, asked, mostEvents + 1);
      const { members, blocked } = withinPolicy(candidates, { action, isByIds: wanted !== undefined, permissionOf });
      const counts = countsOf(members, await titlesOf(db, groupsOf(members)), clock.now());
      const found = new Set(candidates.map(({ eventId }) => eventId));
      const missing = [...new Set(wanted)].filter((id) => !found.has(id));
      const result = await useCases.requestReplayPlan({
        plan: {
          action,
          blocked: [...blocked],
          counts,
          filter: wanted === undefined ? plainFilter(filters) : null,
          missing,
          reason,
        },
        members: members.map(({ eventId, generation, revision }) => ({ eventId, generation, revision })),
        ...{ mostEvents, requestedBy: request.principal.subject, context: actContextOf(request) },
      });
      if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
      const { id, current } = result;
      if (current.state === null || current.createdAt === null) throw new Error(`The plan ${id} has no state`);
      const view = untouched({ id, createdAt: current.createdAt, state: current.state });
      reply.header('location', `/v1/replay-plans/${id}`);
      const newMatches = wanted === undefined ? 0 : null;
      return sendPlan(reply, { ...answerOf(view, clock.now(), pauses), newMatches }, success.created);
    },
});

const plainFilter = (given: object = {}) =>
  Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
