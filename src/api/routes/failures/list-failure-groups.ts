import { z } from 'zod';
import { failureGroupStatuses, listFailureGroups as listGroups } from '../../../projections/failure-groups/queries.ts';
import { exampleFailureGroup, failureGroupListAnswer } from '../../answers/failure-group.ts';
import { cursorOf, placeOf } from '../../cursors.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { oneLine } from '../../intake/fields.ts';
import { wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';

const DEFAULT_LIMIT = 50;

const query = z.strictObject({
  status: z.enum(failureGroupStatuses).optional(),
  handler: oneLine(200).optional().describe('The pattern of a handler, exactly.'),
  limit: wholeNumber(1, mostAskedFor.listItems)
    .optional()
    .describe(`Most items of a page; ${DEFAULT_LIMIT} unless given.`),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before, with the same filters.'),
});

export const listFailureGroups = defineRoute({
  name: 'listFailureGroups',
  method: 'GET',
  path: '/v1/failure-groups',
  summary: 'List failure groups',
  description:
    'Failures of all clients by handler and fingerprint, the one that was seen last first; all filters that are given must hold. docs/failures.md says what makes failures one group.',
  access: { permission: 'events:read' },
  query,
  answers: {
    200: {
      description: 'A page.',
      body: { schema: failureGroupListAnswer, example: { items: [exampleFailureGroup], nextCursor: null } },
    },
  },
  problems: ['cursor-refused', 'read-database-refused', 'read-database-unavailable'],
  handler:
    ({ readDatabase, cursorKey, limits }) =>
    async (request, reply, { limit = DEFAULT_LIMIT, cursor, ...filters }) => {
      const list = { clientId: request.principal.clientId, filters: { list: 'failure-groups', ...filters } };
      const key = await cursorKey();
      const after = cursor === undefined ? null : placeOf(cursor, list, key);
      if (cursor !== undefined && after === null)
        return sendProblem(reply, { code: 'cursor-refused', detail: 'Begin again without a cursor.' });
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const page = { limit, after: after === null ? undefined : { at: after.createdAt, id: after.id } };
      const { items, next } = await listGroups(readDatabase('failure-groups'), filters, page);
      const nextCursor = next === null ? null : cursorOf({ createdAt: next.at, id: next.id }, list, key);
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify({ items, nextCursor }));
    },
});
