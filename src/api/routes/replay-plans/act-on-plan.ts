import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ReadDatabaseUnavailable } from '../../../application/failures.ts';
import { load } from '../../../application/load.ts';
import type { AskedOfPlan } from '../../../application/use-cases/replay-plan/operate-plan.ts';
import { replayPlanAggregate } from '../../../domain/replay-plan/aggregate.ts';
import { countUnchanged, findOverlap, findPlan } from '../../../projections/replay-plans/queries.ts';
import { exampleReplayPlan, replayPlanAnswer, startRules } from '../../answers/replay-plan.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { readBody } from '../../intake/json-body.ts';
import { reasonBody } from '../../intake/reason.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection, success } from '../../problem-details.ts';
import { defineRoute, type Route } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { findReplayPlan, planIdIn, planIdParams, sendPlan, shownPlan } from './show-plan.ts';

const usual = {
  ratePerSecond: 10,
  canary: { events: 10, mayFail: 0 },
  stopWhenFailed: { share: 0.2, atLeast: 5 },
} as const;

const startBody = z.strictObject({
  ratePerSecond: startRules.ratePerSecond.optional(),
  canary: startRules.canary.optional(),
  stopWhenFailed: startRules.stopWhenFailed.optional(),
});

const common = {
  method: 'POST',
  access: { permission: 'plans:manage', and: { permission: 'events:read' } },
  countsAs: 'act',
  params: planIdParams,
} as const;
const body = (schema: z.ZodType, example: unknown) =>
  ({
    content: { 'application/json': { schema, example } },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  }) as const;
const theProblems = [...(['replay-plan-not-found', 'replay-plan-step-refused'] as const), ...problemsOfAppending];
const thePlan = (description: string, but: object) => ({
  [success.ok]: { description, body: { schema: replayPlanAnswer, example: { ...exampleReplayPlan, ...but } } },
});

/** Has an operator's command recorded, and answers with the plan as it is then. */
async function operate(
  dependencies: RouteDependencies,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  commandFor: (planId: string) => Promise<AskedOfPlan['command']> | AskedOfPlan['command'],
): Promise<FastifyReply> {
  const id = planIdIn(request.params);
  const before = id === null ? null : await findReplayPlan(dependencies, id);
  if (id === null || before === null) return sendProblem(reply, { code: 'replay-plan-not-found' });
  const command = await commandFor(id);
  const result = await dependencies.useCases.operateReplayPlan({ id, command, context: actContextOf(request) });
  if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
  const { state } = result.current;
  if (state === null) throw new Error(`The plan ${id} was operated and has no state`);
  return sendPlan(reply, await shownPlan(dependencies, { ...before, state }), success.ok);
}

/**
 * Of a plan that was frozen a moment ago the rows may not have all members yet: none would seem to be left.
 * @throws {ReadDatabaseUnavailable} then, so that the start is tried again.
 */
async function haveRows({ log, readDatabase }: RouteDependencies, planId: string): Promise<void> {
  const ofRows = await findPlan(readDatabase('replay-plans'), planId);
  if (ofRows !== null && ofRows.state.step !== 'freezing') return;
  const { state } = await load(replayPlanAggregate, log, planId);
  if (state?.step !== 'freezing') throw new ReadDatabaseUnavailable(`The plan ${planId} is not in the rows yet`);
}

export const startReplayPlan = defineRoute({
  ...common,
  name: 'startReplayPlan',
  path: '/v1/replay-plans/:id/start',
  summary: 'Start a replay plan',
  description: `The canary first; when all of it has ended and no more of it failed than may, batches of 10, 50, 250 and so on, each when the one before has ended, up to the rate. Unless given: ${usual.ratePerSecond} in a second, a canary of ${usual.canary.events} of which none may fail, and a stop at ${usual.stopWhenFailed.atLeast} dead letters that are ${100 * usual.stopWhenFailed.share} % of what has ended. An event belongs to one plan under way.`,
  body: body(startBody, { ratePerSecond: 50, stopWhenFailed: { share: 0.2, atLeast: 5 } }),
  answers: thePlan('The plan, running.', { state: 'running', start: usual, secondsLeft: 50 }),
  problems: [...theProblems, 'replay-plan-set-gone', 'replay-plan-overlaps', 'read-database-unavailable'],
  handler: (dependencies) => async (request, reply) => {
    const given = readBody(request, startBody);
    if (!given.ok) return sendProblem(reply, given.problem);
    const { ratePerSecond, canary, stopWhenFailed } = given.value;
    return operate(dependencies, { request, reply }, async (planId) => {
      const db = dependencies.readDatabase('replay-plans');
      dependencies.readDatabase('dead-letters');
      await haveRows(dependencies, planId);
      return {
        kind: 'StartPlan',
        requestedBy: request.principal.subject,
        start: {
          ratePerSecond: ratePerSecond ?? usual.ratePerSecond,
          canary: canary ?? usual.canary,
          stopWhenFailed: stopWhenFailed ?? usual.stopWhenFailed,
        },
        left: await countUnchanged(db, planId),
        overlap: await findOverlap(db, planId),
      };
    });
  },
});

interface Act {
  readonly verb: 'pause' | 'resume' | 'abort';
  readonly kind: 'PausePlan' | 'ResumePlan' | 'AbortPlan';
  readonly summary: string;
  readonly description: string;
  readonly state: 'paused' | 'running' | 'aborted';
}

const defineAct = ({ verb, kind, summary, description, state }: Act): Route =>
  defineRoute({
    ...common,
    ...{ name: `${verb}ReplayPlan`, path: `/v1/replay-plans/:id/${verb}`, summary, description },
    body: body(reasonBody, { reason: 'the warehouse is slow' }),
    answers: thePlan('The plan.', { state, start: usual, secondsLeft: state === 'running' ? 50 : null }),
    problems: theProblems,
    handler: (dependencies) => (request, reply) => {
      const given = readBody(request, reasonBody);
      if (!given.ok) return sendProblem(reply, given.problem);
      const { reason } = given.value;
      const command = { kind, reason, requestedBy: request.principal.subject } as const;
      return operate(dependencies, { request, reply }, () => command);
    },
  });

export const pauseReplayPlan = defineAct({
  ...{ verb: 'pause', kind: 'PausePlan', state: 'paused' },
  summary: 'Pause a replay plan',
  description: 'No further member is taken. Those that were replayed go on to their ends.',
});

export const resumeReplayPlan = defineAct({
  ...{ verb: 'resume', kind: 'ResumePlan', state: 'running' },
  summary: 'Resume a replay plan',
  description:
    'A plan that was paused, or that stopped itself: the failures that stopped it are not counted again, those that come are.',
});

export const abortReplayPlan = defineAct({
  ...{ verb: 'abort', kind: 'AbortPlan', state: 'aborted' },
  summary: 'Abort a replay plan',
  description: 'Ends it, permanently. Members that were not taken stay what they are.',
});
