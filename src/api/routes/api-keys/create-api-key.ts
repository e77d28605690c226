import { z } from 'zod';
import type { KnownApiKey } from '../../../application/api-keys/key-ring.ts';
import { timestamp } from '../../../application/ports/clock.ts';
import { isLive } from '../../../domain/api-key/state.ts';
import { apiKeyAnswer, apiKeyView, exampleApiKey, exampleNewApiKey, newApiKeyAnswer } from '../../answers/api-key.ts';
import { idempotentReplayed } from '../../answers/event.ts';
import { newKey } from '../../api-keys/key-text.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { oneLine, printableKey, sourceName } from '../../intake/fields.ts';
import { readBody } from '../../intake/json-body.ts';
import { moment } from '../../intake/query.ts';
import { isPermitted, permissionsOfKeys } from '../../permissions.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection, success } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { idempotencyKeyOf } from '../events/idempotency-key.ts';

const most = { sources: 20, charactersOfSources: 4_096 } as const;

const areDistinct = (texts: readonly string[]) => new Set(texts).size === texts.length;
const distinct = { error: 'must not hold anything twice' };

const newKeyBody = z.strictObject({
  name: oneLine(100),
  permissions: z.array(z.enum(permissionsOfKeys)).min(1).refine(areDistinct, distinct),
  sources: z
    .array(sourceName)
    .min(1)
    .max(most.sources)
    .refine(areDistinct, distinct)
    .refine((sources) => sources.join('').length <= most.charactersOfSources, {
      error: `must hold at most ${most.charactersOfSources} characters together`,
    })
    .optional()
    .describe('The only sources of events that the key may send, to the letter; all unless given.'),
  expiresAt: moment.optional().describe('The key is refused from then on.'),
});

export const createApiKey = defineRoute({
  name: 'createApiKey',
  method: 'POST',
  path: '/v1/api-keys',
  summary: 'Create an API key',
  description:
    'For a machine that has no issuer of tokens. The key is in this answer and nowhere else: only its digest is kept. Under an `Idempotency-Key` the request makes one key; sent again, it is answered with that key and without its text. A key may permit what its creator may do, and never `access:manage`.',
  access: { permission: 'access:manage' },
  countsAs: 'act',
  headers: {
    'idempotency-key': printableKey.optional().describe('The same request under one key makes one API key.'),
  },
  body: {
    content: {
      'application/json': {
        schema: newKeyBody,
        example: {
          name: 'till 4',
          permissions: ['events:write'],
          sources: ['shop'],
          expiresAt: '2031-01-31T00:00:00.000Z',
        },
      },
    },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: {
    201: { description: 'The key, with its text.', body: { schema: newApiKeyAnswer, example: exampleNewApiKey } },
    200: {
      description: 'The same request made this key before. Its text was in the first answer alone.',
      headers: { 'idempotent-replayed': idempotentReplayed },
      body: { schema: apiKeyAnswer, example: exampleApiKey },
    },
  },
  problems: [
    'expiry-not-in-future',
    'idempotency-key-reused',
    'permission-not-grantable',
    'too-many-api-keys',
    ...problemsOfAppending,
  ],
  handler({ apiKeys, clock, limits, permissionsOfRoles: ofRoles, secrets, useCases }) {
    const isFull = (keys: readonly KnownApiKey[]) =>
      keys.filter((key) => isLive(key, timestamp(clock.now()))).length >= limits.liveApiKeys;
    return async (request, reply) => {
      const idempotencyKey = idempotencyKeyOf(request);
      if (!idempotencyKey.ok) return sendProblem(reply, idempotencyKey.problem);
      const asked = readBody(request, newKeyBody);
      if (!asked.ok) return sendProblem(reply, asked.problem);
      const { principal } = request;
      const { text, ...ofKey } = newKey(secrets);
      const { name, permissions, sources = null, expiresAt = null } = asked.value;
      const result = await useCases.createApiKey({
        key: { ...ofKey, name, permissions, sources, expiresAt, requestedBy: principal.subject },
        grantable: permissionsOfKeys.filter((permission) => isPermitted(principal, permission, ofRoles)),
        isFull: isFull(apiKeys.all()),
        clientId: principal.clientId,
        idempotencyKey: idempotencyKey.value,
        context: actContextOf(request),
      });
      if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
      const { id, current, changed } = result;
      const { state, createdAt } = current;
      if (state === null || createdAt === null) throw new Error(`API key ${id} was created and has no state`);
      // So that the key is taken here at once.
      if (changed) await apiKeys.known(id, current.revision, limits.apiKeyKnownMs);
      const view = apiKeyView({ ...state, id, createdAt }, null);
      if (!changed) reply.header('idempotent-replayed', 'true');
      return reply
        .code(changed ? success.created : success.ok)
        .header('content-type', JSON_CONTENT_TYPE)
        .send(JSON.stringify(changed ? { ...view, key: text } : view));
    };
  },
});
