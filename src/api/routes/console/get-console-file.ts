import { z } from 'zod';
import { sendProblem } from '../../plugins/problems.ts';
import { defineRoute } from '../../route.ts';

export const getConsoleFile = defineRoute({
  name: 'getConsoleFile',
  method: 'GET',
  path: '/assets/:file',
  summary: 'A file of the console',
  description: 'Scripts and styles, whose names change with what is in them.',
  access: 'public',
  params: { file: z.string().meta({ example: 'index-BfX0k3aQ.js' }) },
  answers: {
    200: {
      description: 'The file.',
      text: ['text/css', 'text/javascript', 'application/octet-stream'],
      headers: { 'content-encoding': z.literal('gzip').optional(), vary: z.literal('accept-encoding') },
    },
  },
  problems: ['not-found'],
  handler:
    ({ console }) =>
    async (request, reply) => {
      const { file } = request.params as { readonly file: string };
      const found = console === null ? null : await console.file(file);
      if (found === null) return sendProblem(reply, { code: 'not-found' });
      const { type, bytes, gzipped } = found;
      const isGzipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
      return reply
        .headers({
          'content-type': type,
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'accept-encoding',
        })
        .headers(isGzipped ? { 'content-encoding': 'gzip' } : {})
        .send(isGzipped ? gzipped : bytes);
    },
});
