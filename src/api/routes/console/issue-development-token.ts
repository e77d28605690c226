import { z } from 'zod';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { defineRoute } from '../../route.ts';

/** A page of another site cannot name these as its own host, whatever address its name resolves to. */
const hostOfThisMachine = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const addressOfThisMachine = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

export const issueDevelopmentToken = defineRoute({
  name: 'issueDevelopmentToken',
  method: 'POST',
  path: '/console/development-tokens/:role',
  summary: 'A development token',
  description:
    'A token for a day, as `bin/eventops token` prints it: for a browser on the machine of the server, and without an OIDC issuer alone.',
  access: 'public',
  params: { role: z.string().meta({ example: 'viewer' }) },
  answers: {
    200: {
      description: 'The token.',
      body: {
        schema: z.strictObject({ token: z.string() }).meta({ id: 'DevelopmentToken' }),
        example: { token: 'eyJhbGciOiJFZDI1NTE5In0.e30.c2lnbmF0dXJl' },
      },
    },
  },
  problems: ['not-found'],
  handler:
    ({ console }) =>
    async (request, reply) => {
      const { role } = request.params as { readonly role: string };
      const isHere =
        hostOfThisMachine.test(request.headers.host ?? '') &&
        addressOfThisMachine.test(request.socket.remoteAddress ?? '') &&
        request.headers['x-forwarded-for'] === undefined;
      if (
        !isHere ||
        console === null ||
        console.issueToken === null ||
        !console.settings.developmentRoles.includes(role)
      )
        return sendProblem(reply, {
          code: 'not-found',
          detail:
            'Development tokens are for browsers on the machine of the server: bin/eventops token prints one for elsewhere.',
        });
      const token = await console.issueToken(role);
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify({ token }));
    },
});
