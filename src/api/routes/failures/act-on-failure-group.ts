import { z } from 'zod';
import type { IdentifiedGroup } from '../../../application/failure-groups/identity.ts';
import { load } from '../../../application/load.ts';
import type { FailureGroupAct } from '../../../application/use-cases/failure-group/act-on-failure-group.ts';
import { failureGroupAggregate } from '../../../domain/failure-group/aggregate.ts';
import { findGroupItself } from '../../../projections/failure-groups/queries.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { readBody } from '../../intake/json-body.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { isUuid } from '../../plugins/request-context.ts';
import { type ProblemCode, problemOfRejection, success } from '../../problem-details.ts';
import { defineRoute, type Route } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';

const recordedAct = z
  .strictObject({
    failureGroupId: z.guid(),
    act: z.int().min(0).describe('The number of the latest act of the group: what it is taken back by.'),
  })
  .meta({
    id: 'FailureGroupAct',
    description: 'What was recorded about a failure group. Its rows follow in a moment.',
  });

const exampleAct = { failureGroupId: '3c1f0a52-7d2e-8b41-9a76-2f5f0c6b1d10', act: 1 };

interface Definition<Body extends z.ZodType> {
  readonly name: string;
  readonly verb: 'resolve' | 'merge' | 'split' | 'undo';
  readonly summary: string;
  readonly description: string;
  readonly body: Body;
  readonly example: z.input<Body>;
  readonly problems: readonly ProblemCode[];
  /** @param id of the group in the path. */
  readonly act: (given: z.output<Body>, requestedBy: string, id: string) => FailureGroupAct;
}

/** A route that records an act on the group in its path. */
export const defineActOnFailureGroup = <Body extends z.ZodType>(definition: Definition<Body>): Route =>
  defineRoute({
    ...{ name: definition.name, method: 'POST', path: `/v1/failure-groups/:id/${definition.verb}` },
    ...{ summary: definition.summary, description: definition.description },
    access: { permission: 'failures:manage' },
    countsAs: 'act',
    params: { id: z.guid() },
    body: {
      content: { 'application/json': { schema: definition.body, example: definition.example } },
      mostBytes: 'bodyBytes',
      memoryPerByte: 'memoryPerBodyByte',
    },
    answers: {
      [success.ok]: { description: 'It is recorded.', body: { schema: recordedAct, example: exampleAct } },
    },
    problems: ['failure-group-not-found', 'read-database-unavailable', ...definition.problems, ...problemsOfAppending],
    handler:
      ({ log, readDatabase, useCases }) =>
      async (request, reply) => {
        const { id } = request.params as { readonly id: string };
        const given = readBody(request, definition.body);
        if (!given.ok) return sendProblem(reply, given.problem);
        if (!isUuid(id)) return sendProblem(reply, { code: 'failure-group-not-found' });
        const find = (each: string) => findGroup({ log, readDatabase }, each.toLowerCase());
        const group = await find(id);
        if (group === null) return sendProblem(reply, { code: 'failure-group-not-found' });
        const act = definition.act(given.value, request.principal.subject, group.id);
        if (act.kind === 'MergeFailureGroup' && (await find(act.into)) === null)
          return sendProblem(reply, { code: 'failure-group-not-found', detail: 'The group to merge into is none.' });
        const result = await useCases.actOnFailureGroup({ ...group, act, context: actContextOf(request) });
        if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
        const answer = { failureGroupId: group.id, act: result.current.state?.lastAct ?? 0 };
        return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(answer));
      },
  });

/** From its stream, where something was recorded about it, else from its row. `null` where there is no such group. */
async function findGroup(
  { log, readDatabase }: Pick<RouteDependencies, 'log' | 'readDatabase'>,
  id: string,
): Promise<IdentifiedGroup | null> {
  const { state } = await load(failureGroupAggregate, log, id);
  return state === null ? findGroupItself(readDatabase('failure-groups'), id) : { id, of: state.of };
}
