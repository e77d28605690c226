import { z } from 'zod';
import { listDeadLetters as listPositions } from '../../../projections/dead-letters/queries.ts';
import { findEvents } from '../../../projections/events/queries.ts';
import { cursorOf, placeOf } from '../../cursors.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { deadLetterQuery } from '../../intake/dead-letter-filters.ts';
import { wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { refusalOfPayloadFields } from '../../payload-fields.ts';
import { toReadEvents } from '../../permissions.ts';
import { countPayloadsRead } from '../../plugins/access-counts.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { aPageOfEvents, listedEvents, problemsOfLists } from '../events/event-list.ts';

const DEFAULT_LIMIT = 50;

const query = deadLetterQuery.extend({
  limit: wholeNumber(1, mostAskedFor.listItems)
    .optional()
    .describe(`Most items of a page; ${DEFAULT_LIMIT} unless given. A page may have fewer, and still a next one.`),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before, with the same filters.'),
});

export const listDeadLetters = defineRoute({
  name: 'listDeadLetters',
  method: 'GET',
  path: '/v1/dead-letters',
  summary: 'List dead letters',
  description:
    'Events with the status `DEAD`, the one that died last first; all filters that are given must hold. A client that may only write sees its own events. The list comes from read tables, which follow the log: a dead letter may be missing in it for a moment. Each comes with its failure group and, in short, its explanation.',
  access: toReadEvents,
  query,
  answers: { 200: aPageOfEvents },
  problems: problemsOfLists,
  handler:
    ({ readDatabase, cursorKey, limits, pauses }) =>
    async (request, reply, { limit = DEFAULT_LIMIT, cursor, ...filters }) => {
      const { clientId } = request.principal;
      const list = { clientId, filters: { list: 'dead-letters', ...filters } };
      const key = await cursorKey();
      const after = cursor === undefined ? null : placeOf(cursor, list, key);
      if (cursor !== undefined && after === null)
        return sendProblem(reply, { code: 'cursor-refused', detail: 'Begin again without a cursor.' });
      const refusal =
        (await takeRoom(request, reply, memoryOfPage(limits))) ??
        (await refusalOfPayloadFields(readDatabase(), filters.payload));
      if (refusal !== null) return sendProblem(reply, refusal);
      if (filters.failureGroup !== undefined) readDatabase('failure-groups');
      const asked = { filters, ofClient: request.ownEventsOnly ? clientId : undefined };
      const page = { limit: limit + 1, after: after === null ? undefined : { diedAt: after.createdAt, id: after.id } };
      const found = await listPositions(readDatabase('dead-letters'), asked, page);
      const ids = found.slice(0, limit).map(({ id }) => id);
      const { items, through } = await findEvents(readDatabase(), ids, { status: 'DEAD', maxBytes: limits.pageBytes });
      countPayloadsRead(request, items.length);
      const last = found.length > through ? found[through - 1] : undefined;
      const nextCursor =
        last === undefined ? 'null' : `"${cursorOf({ createdAt: last.diedAt, id: last.id }, list, key)}"`;
      const listed = await listedEvents({ readDatabase, pauses }, request, items);
      const body = `{"items":[${listed.join()}],"nextCursor":${nextCursor}}`;
      return reply.header('content-type', JSON_CONTENT_TYPE).send(body);
    },
});
