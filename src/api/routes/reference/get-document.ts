import { z } from 'zod';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { defineRoute } from '../../route.ts';

let text: string | null = null;

/** Read when it is first asked for: it is large, and most processes are never asked. */
async function documentText(): Promise<string> {
  if (text !== null) return text;
  const { default: document } = await import('../../../../docs/openapi.json', { with: { type: 'json' } });
  text = JSON.stringify(document);
  return text;
}

export const getDocument = defineRoute({
  name: 'getDocument',
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document',
  description: 'What the API takes and answers, as OpenAPI 3.1.',
  access: 'public',
  answers: {
    200: {
      description: 'The document.',
      body: {
        schema: z.looseObject({ openapi: z.string() }).meta({ id: 'OpenApiDocument' }),
        example: { openapi: '3.1.1' },
      },
    },
  },
  problems: [],
  handler: () => async (_request, reply) => reply.header('content-type', JSON_CONTENT_TYPE).send(await documentText()),
});
