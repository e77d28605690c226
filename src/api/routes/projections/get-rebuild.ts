import { z } from 'zod';
import { readRebuilds } from '../../../application/use-cases/rebuild/read-rebuilds.ts';
import { newestVersions } from '../../../projections/rebuild/queries.ts';
import { exampleRebuild, rebuildAnswer } from '../../answers/rebuild.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { noSuchProjection, projectionName, sendView, shownRebuild } from './show-rebuild.ts';

/** From the log, so that it answers while the read tables are unavailable; then without its progress. */
export const getRebuild = defineRoute({
  name: 'getRebuild',
  method: 'GET',
  path: '/v1/projections/:name/rebuilds/:id',
  summary: 'Show a rebuild',
  description: 'Where it is, how far, what the comparison has found, and who decided what, when and why.',
  access: { permission: 'system:read' },
  params: { name: projectionName, id: z.guid() },
  answers: { 200: { description: 'The rebuild.', body: { schema: rebuildAnswer, example: exampleRebuild } } },
  problems: ['projection-not-found', 'rebuild-not-found', ...problemsOfReadingTheLog],
  handler: (dependencies) => async (request, reply) => {
    const { name, id } = request.params as { readonly name: string; readonly id: string };
    if (!newestVersions.has(name)) return sendProblem(reply, noSuchProjection);
    const state = (await readRebuilds(dependencies.log, name)).find((each) => each.id === id.toLowerCase());
    if (state === undefined) return sendProblem(reply, { code: 'rebuild-not-found' });
    return sendView(reply, await shownRebuild(dependencies, name, state));
  },
});
