import { z } from 'zod';
import document from '../../../../docs/openapi.json' with { type: 'json' };
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { defineRoute } from '../../route.ts';

const text = JSON.stringify(document);

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
  handler: () => (_request, reply) => reply.header('content-type', JSON_CONTENT_TYPE).send(text),
});
