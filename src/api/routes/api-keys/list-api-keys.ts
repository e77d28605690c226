import { z } from 'zod';
import type { KnownApiKey } from '../../../application/api-keys/key-ring.ts';
import { apiKeyListAnswer, apiKeyView, exampleApiKey } from '../../answers/api-key.ts';
import { cursorOf, placeOf } from '../../cursors.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';

const DEFAULT_LIMIT = 50;

const query = z.strictObject({
  limit: wholeNumber(1, mostAskedFor.listItems)
    .optional()
    .describe(`Most items of a page; ${DEFAULT_LIMIT} unless given.`),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before.'),
});

/** From the memory of the process, so that a first page without a next one answers while the read tables are unavailable. */
export const listApiKeys = defineRoute({
  name: 'listApiKeys',
  method: 'GET',
  path: '/v1/api-keys',
  summary: 'List API keys',
  description:
    'The newest first, those included that have expired or were revoked; of these the latest. Never with their text.',
  access: { permission: 'access:manage' },
  query,
  answers: {
    200: {
      description: 'A page.',
      body: { schema: apiKeyListAnswer, example: { items: [exampleApiKey], nextCursor: null } },
    },
  },
  problems: ['cursor-refused', 'read-database-unavailable'],
  handler:
    ({ apiKeys, cursorKey, limits, notedUses }) =>
    async (request, reply, { limit = DEFAULT_LIMIT, cursor }) => {
      const list = { clientId: request.principal.clientId, filters: { list: 'api-keys' } };
      const after = cursor === undefined ? null : placeOf(cursor, list, await cursorKey());
      if (cursor !== undefined && after === null)
        return sendProblem(reply, { code: 'cursor-refused', detail: 'Begin again without a cursor.' });
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const rest = apiKeys
        .all()
        .filter((key) => after === null || orderOf(key) < orderOf(after))
        .sort((one, other) => (orderOf(one) < orderOf(other) ? 1 : -1));
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      const uses = await notedUses.lastUses();
      const answer = {
        items: page.map((key) => apiKeyView(key, uses.get(key.id) ?? null)),
        nextCursor: last === undefined || page.length === rest.length ? null : cursorOf(last, list, await cursorKey()),
      };
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(answer));
    },
});

/** The newest last; ids decide between keys of one moment. */
const orderOf = ({ createdAt, id }: Pick<KnownApiKey, 'createdAt' | 'id'>) => `${createdAt} ${id}`;
