import { z } from 'zod';
import { newestVersions } from '../../../projections/rebuild/queries.ts';
import { exampleRebuild, rebuildAnswer } from '../../answers/rebuild.ts';
import { oneLine } from '../../intake/fields.ts';
import { readBody } from '../../intake/json-body.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { noSuchProjection, projectionName, sendView, shownRebuild } from './show-rebuild.ts';

const kinds = {
  promote: 'PromoteRebuild',
  compare: 'CompareRebuild',
  rollback: 'RollBackRebuild',
  cancel: 'CancelRebuild',
  drop: 'DropRebuild',
} as const;
type Act = keyof typeof kinds;

const body = z.strictObject({
  reason: oneLine(500),
  acceptDifferences: z
    .boolean()
    .optional()
    .describe('With `promote`: the rows that differ are accepted, for this reason. Otherwise they stop the promotion.'),
});

export const operateRebuild = defineRoute({
  name: 'operateRebuild',
  method: 'POST',
  path: '/v1/projections/:name/rebuilds/:id/:act',
  summary: 'Decide about a rebuild',
  description:
    '`promote`: the new rows are read from then on, and those of before are kept up to date beside them. `rollback`: the other way round. `compare`: compares once more. `cancel`: the copy is deleted, and the rows that are read stay as they are. `drop`: the rows of before are deleted, and there is no way back. Who decided it, and why, is recorded.',
  access: { permission: 'projections:rebuild' },
  countsAs: 'act',
  params: { name: projectionName, id: z.guid(), act: z.enum(Object.keys(kinds) as [Act, ...Act[]]) },
  body: {
    content: { 'application/json': { schema: body, example: { reason: 'the rows are the same' } } },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: {
    202: {
      description: 'It is done next.',
      body: {
        schema: rebuildAnswer,
        example: { ...exampleRebuild, step: 'promoting', next: 'The two copies are being exchanged.' },
      },
    },
  },
  problems: [
    ...(['not-found', 'projection-not-found', 'rebuild-not-found', 'rebuild-differs'] as const),
    ...(['rebuild-step-refused', 'nothing-to-roll-back-to'] as const),
    ...problemsOfAppending,
  ],
  handler: (dependencies) => async (request, reply) => {
    const { name, id, act } = request.params as { readonly name: string; readonly id: string; readonly act: string };
    const given = readBody(request, body);
    if (!given.ok) return sendProblem(reply, given.problem);
    if (!newestVersions.has(name)) return sendProblem(reply, noSuchProjection);
    if (!isAct(act)) return sendProblem(reply, { code: 'not-found' });
    const { reason, acceptDifferences: acceptsDifferences = false } = given.value;
    const asked = { id: id.toLowerCase(), reason, requestedBy: request.principal.subject };
    const kind = kinds[act];
    const command = kind === 'PromoteRebuild' ? { kind, ...asked, acceptsDifferences } : { kind, ...asked };
    const context = actContextOf(request);
    const result = await dependencies.useCases.operateRebuild({ projection: name, command, context });
    if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
    const { state } = result.current;
    if (state === null) throw new Error(`A rebuild of ${name} was decided about and has no state`);
    return sendView(reply.code(202), await shownRebuild(dependencies, name, state));
  },
});

const isAct = (act: string): act is Act => Object.hasOwn(kinds, act);
