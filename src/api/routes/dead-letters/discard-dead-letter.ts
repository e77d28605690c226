import { exampleDeadEvent } from '../../answers/event.ts';
import { toReadEvents } from '../../permissions.ts';
import { success } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { actOnEvent, answerAct, theEventAfterwards } from '../events/answer-act.ts';

export const discardDeadLetter = defineRoute({
  ...actOnEvent,
  name: 'discardDeadLetter',
  path: '/v1/dead-letters/:id/discard',
  summary: 'Discard a dead letter',
  description: 'Gives a dead letter up, permanently. Who did it, and why, is recorded.',
  access: { permission: 'events:discard', and: toReadEvents },
  answers: {
    [success.ok]: theEventAfterwards('The event, discarded.', {
      ...exampleDeadEvent,
      status: 'DISCARDED',
      revision: 15,
    }),
  },
  problems: [...actOnEvent.problems, 'event-not-dead'],
  handler:
    ({ useCases }) =>
    (request, reply) =>
      answerAct(request, reply, useCases.discardEvent, success.ok),
});
