import { z } from 'zod';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { defineRoute } from '../../route.ts';

const serving = { status: 'ok' } as const;
const text = JSON.stringify(serving);

/** Asks no part, so that a slow database does not get a sound process killed. */
export const health = defineRoute({
  name: 'getHealth',
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the process serves',
  description: 'For a supervisor: asks no other part.',
  access: 'public',
  answers: {
    200: {
      description: 'It serves.',
      body: { schema: z.strictObject({ status: z.literal('ok') }), example: serving },
    },
  },
  problems: [],
  handler: () => (_request, reply) => reply.header('content-type', JSON_CONTENT_TYPE).send(text),
});
