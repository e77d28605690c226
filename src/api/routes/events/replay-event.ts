import { exampleNewEvent } from '../../answers/event.ts';
import { toReadEvents } from '../../permissions.ts';
import { success } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { actOnEvent, answerAct, theEventAfterwards } from './answer-act.ts';

export const replayEvent = defineRoute({
  ...actOnEvent,
  name: 'replayEvent',
  path: '/v1/events/:id/replay',
  summary: 'Replay an event',
  description:
    'Asks for the next generation of a processed event or a dead letter: it is processed again, and the history keeps what was. Who asked, and why, is recorded.',
  access: { permission: 'events:replay', and: toReadEvents },
  answers: {
    [success.accepted]: theEventAfterwards('The event, in its next generation.', {
      ...exampleNewEvent,
      ...{ generation: 1, revision: 3, updatedAt: '2030-02-01T09:30:00.000Z' },
    }),
  },
  problems: [...actOnEvent.problems, 'event-still-processing', 'replay-not-allowed'],
  handler:
    ({ useCases, replayPermissionOf: permissionOf }) =>
    (request, reply) =>
      answerAct(request, reply, (asked) => useCases.replayEvent({ ...asked, permissionOf }), success.accepted),
});
