import { groupDeadLetters as groups } from '../../../projections/dead-letters/queries.ts';
import { deadLetterGroupsAnswer, exampleDeadLetterGroups } from '../../answers/dead-letter-groups.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { deadLetterQuery } from '../../intake/dead-letter-filters.ts';
import { wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { refusalOfPayloadFields } from '../../payload-fields.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';

const DEFAULT_LIMIT = 50;

const query = deadLetterQuery.extend({
  limit: wholeNumber(1, mostAskedFor.listItems).optional().describe(`Most groups; ${DEFAULT_LIMIT} unless given.`),
});

export const groupDeadLetters = defineRoute({
  name: 'groupDeadLetters',
  method: 'GET',
  path: '/v1/dead-letters/groups',
  summary: 'Count dead letters by failure group',
  description:
    'The dead letters that the filters let through, by the failure group of their last failure, the largest group first. `events` and `groups` count all of them, also those beyond the limit.',
  access: { permission: 'events:read' },
  query,
  answers: {
    200: { description: 'The groups.', body: { schema: deadLetterGroupsAnswer, example: exampleDeadLetterGroups } },
  },
  problems: ['payload-field-not-indexed', 'read-database-refused', 'read-database-unavailable'],
  handler:
    ({ readDatabase, limits }) =>
    async (request, reply, { limit = DEFAULT_LIMIT, ...filters }) => {
      const refusal =
        (await takeRoom(request, reply, memoryOfPage(limits))) ??
        (await refusalOfPayloadFields(readDatabase(), filters.payload));
      if (refusal !== null) return sendProblem(reply, refusal);
      readDatabase('failure-groups');
      const found = await groups(readDatabase('dead-letters'), { filters }, limit);
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(found));
    },
});
