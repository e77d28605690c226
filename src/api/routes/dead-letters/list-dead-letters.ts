import { toReadEvents } from '../../permissions.ts';
import { defineRoute } from '../../route.ts';
import { aPageOfEvents, listQuery, problemsOfLists, sendList } from '../events/event-list.ts';

export const listDeadLetters = defineRoute({
  name: 'listDeadLetters',
  method: 'GET',
  path: '/v1/dead-letters',
  summary: 'List dead letters',
  description: 'The same list as that of events, of those with the status `DEAD` alone.',
  access: toReadEvents,
  query: listQuery,
  answers: { 200: aPageOfEvents },
  problems: problemsOfLists,
  handler: (dependencies) => (request, reply, asked) =>
    sendList(request, reply, { ...asked, status: 'DEAD' }, dependencies),
});
