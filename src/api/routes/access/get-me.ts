import { z } from 'zod';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { allPermissions, isPermitted, knownRoles } from '../../permissions.ts';
import { defineRoute } from '../../route.ts';

const answer = z
  .strictObject({
    subject: z.string().describe('Who acts: recorded with every act.'),
    clientId: z.string().describe('Whose events are its own, and whose idempotency keys.'),
    roles: z.array(z.string()).describe('Those of the token that mean something here.'),
    permissions: z.array(z.enum(allPermissions)).describe('By roles and scopes, in alphabetical order.'),
  })
  .meta({ id: 'Me', description: 'Who the bearer of the token is, and what it may do.' });

export const getMe = defineRoute({
  name: 'getMe',
  method: 'GET',
  path: '/v1/me',
  summary: 'Who am I',
  description: 'Who the bearer of the token is, and what it may do.',
  access: 'authenticated',
  answers: {
    200: {
      description: 'The bearer.',
      body: {
        schema: answer,
        example: {
          subject: 'alice',
          clientId: 'console',
          roles: ['viewer'],
          permissions: ['audit:read', 'events:read'],
        },
      },
    },
  },
  problems: [],
  handler:
    ({ permissionsOfRoles: ofRoles }) =>
    ({ principal }, reply) => {
      const { subject, clientId } = principal;
      const permissions = allPermissions.filter((permission) => isPermitted(principal, permission, ofRoles)).sort();
      const me = { subject, clientId, roles: knownRoles(principal), permissions };
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(me));
    },
});
