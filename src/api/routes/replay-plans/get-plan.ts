import { exampleReplayPlan, replayPlanAnswer } from '../../answers/replay-plan.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { success } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { findReplayPlan, planIdIn, planIdParams, sendPlan, shownPlan } from './show-plan.ts';

export const getReplayPlan = defineRoute({
  name: 'getReplayPlan',
  method: 'GET',
  path: '/v1/replay-plans/:id',
  summary: 'Show a replay plan',
  description:
    'What is in the set, how far the plan is, who did what about it, and how many dead letters its filter lets through that came after the set was frozen.',
  access: { permission: 'events:read' },
  params: planIdParams,
  answers: { 200: { description: 'The plan.', body: { schema: replayPlanAnswer, example: exampleReplayPlan } } },
  problems: ['replay-plan-not-found', ...problemsOfReadingTheLog],
  handler: (dependencies) => async (request, reply) => {
    const id = planIdIn(request.params);
    const plan = id === null ? null : await findReplayPlan(dependencies, id);
    if (plan === null) return sendProblem(reply, { code: 'replay-plan-not-found' });
    return sendPlan(reply, await shownPlan(dependencies, plan), success.ok);
  },
});
