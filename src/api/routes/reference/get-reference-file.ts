import { z } from 'zod';
import { sendProblem } from '../../plugins/problems.ts';
import { defineRoute } from '../../route.ts';
import { isPageFile, pageFile, pageFiles } from './reference-page.ts';

export const getReferenceFile = defineRoute({
  name: 'getReferenceFile',
  method: 'GET',
  path: '/docs/:file',
  summary: 'A file of the page',
  description: 'Scripts and styles of the page that shows this document.',
  access: 'public',
  params: { file: z.enum(pageFiles).meta({ example: 'start.js' }) },
  answers: { 200: { description: 'The file.', text: ['text/css', 'text/javascript'] } },
  problems: ['not-found'],
  handler: () => async (request, reply) => {
    const { file } = request.params as { readonly file: string };
    if (!isPageFile(file)) return sendProblem(reply, { code: 'not-found' });
    const { type, bytes } = await pageFile(file);
    return reply.header('content-type', `${type}; charset=utf-8`).send(bytes);
  },
});
