import { z } from 'zod';
import { eventStatuses } from '../../../domain/event/status.ts';
import { toReadEvents } from '../../permissions.ts';
import { defineRoute } from '../../route.ts';
import { aPageOfEvents, listQuery, problemsOfLists, sendList } from './event-list.ts';

export const listEvents = defineRoute({
  name: 'listEvents',
  method: 'GET',
  path: '/v1/events',
  summary: 'List events',
  description:
    'The newest first; all filters that are given must hold. A client that may only write sees its own events. The list comes from read tables, which follow the log: an event may be missing in it, or older, for a moment.',
  access: toReadEvents,
  query: listQuery.extend({ status: z.enum(eventStatuses).optional() }),
  answers: { 200: aPageOfEvents },
  problems: problemsOfLists,
  handler: (dependencies) => (request, reply, asked) => sendList(request, reply, asked, dependencies),
});
