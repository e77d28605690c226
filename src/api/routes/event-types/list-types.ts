import { eventTypeListAnswer, exampleEventType } from '../../answers/event-type.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { showTypes } from './show-types.ts';

export const listEventTypes = defineRoute({
  name: 'listEventTypes',
  method: 'GET',
  path: '/v1/types',
  summary: 'List types of events',
  description:
    'Each that the configuration names, with its policy, and each that is paused; how many events of it wait.',
  access: { permission: 'events:read' },
  answers: {
    200: {
      description: 'All of them.',
      body: { schema: eventTypeListAnswer, example: { items: [exampleEventType], waitingIsComplete: true } },
    },
  },
  problems: problemsOfReadingTheLog,
  handler: (dependencies) => async (_request, reply) =>
    reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(await showTypes(dependencies))),
});
