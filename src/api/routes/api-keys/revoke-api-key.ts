import { z } from 'zod';
import { apiKeyAnswer, apiKeyView, exampleApiKey } from '../../answers/api-key.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { readReason, reasonBody } from '../../intake/reason.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { isUuid } from '../../plugins/request-context.ts';
import { problemOfRejection } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';

export const revokeApiKey = defineRoute({
  name: 'revokeApiKey',
  method: 'POST',
  path: '/v1/api-keys/:id/revoke',
  summary: 'Revoke an API key',
  description:
    'Permanently, and everywhere within two seconds. Who did it, and why, is recorded. Asking again for the same reason changes nothing.',
  access: { permission: 'access:manage' },
  countsAs: 'act',
  params: { id: z.guid() },
  body: {
    content: { 'application/json': { schema: reasonBody, example: { reason: 'the till was sold' } } },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: {
    200: {
      description: 'The key, revoked.',
      body: { schema: apiKeyAnswer, example: { ...exampleApiKey, revokedAt: '2030-06-30T08:00:00.000Z' } },
    },
  },
  problems: ['api-key-not-found', 'api-key-revoked', ...problemsOfAppending],
  handler:
    ({ apiKeys, limits, notedUses, useCases }) =>
    async (request, reply) => {
      const { id } = request.params as { readonly id: string };
      const given = readReason(request);
      if (!given.ok) return sendProblem(reply, given.problem);
      // What can be no id is answered like an unknown one.
      if (!isUuid(id)) return sendProblem(reply, { code: 'api-key-not-found' });
      const result = await useCases.revokeApiKey({
        ...{ id: id.toLowerCase(), reason: given.value.reason, requestedBy: request.principal.subject },
        context: actContextOf(request),
      });
      if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
      const { state, createdAt, revision } = result.current;
      if (state === null || createdAt === null) throw new Error(`API key ${result.id} was revoked and has no state`);
      // So that the key is refused here at once.
      await apiKeys.known(result.id, revision, limits.apiKeyKnownMs);
      const lastUsedAt = (await notedUses.lastUses()).get(result.id) ?? null;
      const view = apiKeyView({ ...state, id: result.id, createdAt }, lastUsedAt);
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(view));
    },
});
