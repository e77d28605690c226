import { z } from 'zod';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { defineRoute } from '../../route.ts';
import { WITHOUT_CONSOLE } from './get-console-page.ts';

const answer = z
  .strictObject({
    version: z.string().describe('Of EventOps.'),
    issuer: z
      .strictObject({ url: z.string(), clientId: z.string(), audience: z.string() })
      .nullable()
      .describe('Where users sign in; null where development tokens are taken.'),
    developmentRoles: z.array(z.string()).describe('That a browser on this machine can get a token for.'),
    traceUrl: z.string().nullable().describe('Where a trace is shown, with {traceId} in the place of its id.'),
  })
  .meta({ id: 'ConsoleSettings' });

export const getConsoleSettings = defineRoute({
  name: 'getConsoleSettings',
  method: 'GET',
  path: '/console/settings',
  summary: 'How the console signs in',
  description: 'What the console has to know before anyone has signed in.',
  access: 'public',
  answers: {
    200: {
      description: 'The settings.',
      body: {
        schema: answer,
        example: {
          version: '1.0.0',
          issuer: { url: 'https://issuer.example', clientId: 'eventops-console', audience: 'eventops' },
          developmentRoles: [],
          traceUrl: 'https://jaeger.example/trace/{traceId}',
        },
      },
    },
  },
  problems: ['not-found'],
  handler:
    ({ console }) =>
    (_request, reply) =>
      console === null
        ? sendProblem(reply, { code: 'not-found', detail: WITHOUT_CONSOLE })
        : reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(console.settings)),
});
