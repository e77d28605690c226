import { newestVersions } from '../../../projections/rebuild/queries.ts';
import { exampleRebuild, rebuildAnswer } from '../../answers/rebuild.ts';
import { readReason, reasonBody } from '../../intake/reason.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { noSuchProjection, projectionName, sendView, shownRebuild } from './show-rebuild.ts';

export const requestRebuild = defineRoute({
  name: 'requestRebuild',
  method: 'POST',
  path: '/v1/projections/:name/rebuilds',
  summary: 'Rebuild a read model',
  description:
    'Fills a second copy of its rows from the log, and compares it with the rows that are read, which stay as they are until the copy is promoted. One rebuild of a read model at a time.',
  access: { permission: 'projections:rebuild' },
  countsAs: 'act',
  params: { name: projectionName },
  body: {
    content: { 'application/json': { schema: reasonBody, example: { reason: 'a row looks wrong' } } },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: { 202: { description: 'It begins.', body: { schema: rebuildAnswer, example: exampleRebuild } } },
  problems: ['projection-not-found', 'rebuild-under-way', ...problemsOfAppending],
  handler: (dependencies) => async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const given = readReason(request);
    if (!given.ok) return sendProblem(reply, given.problem);
    const version = newestVersions.get(name);
    if (version === undefined) return sendProblem(reply, noSuchProjection);
    const { reason } = given.value;
    const asked = { id: dependencies.random.uuid(), version, reason, requestedBy: request.principal.subject };
    const command = { kind: 'RequestRebuild', ...asked } as const;
    const result = await dependencies.useCases.operateRebuild({
      ...{ projection: name, command, context: actContextOf(request) },
    });
    if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
    const { state } = result.current;
    if (state === null) throw new Error(`A rebuild of ${name} was requested and has no state`);
    return sendView(reply.code(202), await shownRebuild(dependencies, name, state));
  },
});
