import { z } from 'zod';
import { listAccessRecords as listRecords, recordedActs } from '../../../projections/access-records/queries.ts';
import { accessRecordListAnswer, exampleAccessRecords } from '../../answers/access-record.ts';
import { cursorOf, placeOf } from '../../cursors.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { moment, wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';

const DEFAULT_LIMIT = 50;

/** What a token may be of, and no more: see `isSound` in the plugin access. */
const principal = z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,255}$/u, {
  error: 'must be 1 to 255 characters, none of them a control character',
});

const query = z.strictObject({
  principal: principal.optional().describe('The subject of a token, exactly.'),
  act: z.enum(recordedActs as [string, ...string[]]).optional(),
  since: moment.optional().describe('At this time or later. What is counted counts by its first request.'),
  until: moment.optional().describe('Before this time.'),
  limit: wholeNumber(1, mostAskedFor.listItems)
    .optional()
    .describe(`Most items of a page; ${DEFAULT_LIMIT} unless given.`),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before, with the same filters.'),
});

export const listAccessRecords = defineRoute({
  name: 'listAccessRecords',
  method: 'GET',
  path: '/v1/access-records',
  summary: 'List access records',
  description:
    'Who did what, when and from where, the newest first; all filters that are given must hold. Acts of operators and admins, which are in the log, each by itself; refused requests, and who read what was sent in events, counted by the hour. docs/access.md says what is kept, and for how long.',
  access: { permission: 'audit:read' },
  query,
  answers: {
    200: { description: 'A page.', body: { schema: accessRecordListAnswer, example: exampleAccessRecords } },
  },
  problems: ['cursor-refused', 'read-database-refused', 'read-database-unavailable'],
  handler:
    ({ readDatabase, cursorKey, limits }) =>
    async (request, reply, { limit = DEFAULT_LIMIT, cursor, ...filters }) => {
      // Its own name beside the filters: the cursor of another list means nothing here.
      const list = { clientId: request.principal.clientId, filters: { list: 'access-records', ...filters } };
      const key = await cursorKey();
      const after = cursor === undefined ? null : placeOf(cursor, list, key);
      if (cursor !== undefined && after === null)
        return sendProblem(reply, { code: 'cursor-refused', detail: 'Begin again without a cursor.' });
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const page = { limit, after: after === null ? undefined : { at: after.createdAt, id: after.id } };
      const { items, next } = await listRecords(readDatabase('access-records'), filters, page);
      const nextCursor = next === null ? null : cursorOf({ createdAt: next.at, id: next.id }, list, key);
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify({ items, nextCursor }));
    },
});
