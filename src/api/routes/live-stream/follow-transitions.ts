import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { LogPlace } from '../../../application/ports/log-segments.ts';
import { BEGINNING } from '../../../application/read-transitions.ts';
import { eventStatuses } from '../../../domain/event/status.ts';
import { plainName, sourceName } from '../../intake/fields.ts';
import { valuesOf } from '../../intake/header-values.ts';
import { wholeNumber } from '../../intake/query.ts';
import { mostAskedFor } from '../../limits.ts';
import type { Refusal } from '../../live-stream/live-streams.ts';
import { placeOfText, textOfPlace } from '../../live-stream/places.ts';
import { EVENT_STREAM_CONTENT_TYPE } from '../../live-stream/server-sent-events.ts';
import type { TransitionMessage } from '../../live-stream/transition-message.ts';
import { principalOf, tokenOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import type { Problem } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { untilGone } from '../../until-gone.ts';

const query = z.strictObject({
  type: plainName.optional().describe('Of the event.'),
  source: sourceName.optional().describe('Of the event.'),
  client: z.string().min(1).max(255).optional().describe('Whose events.'),
  status: z.enum(eventStatuses).optional().describe('That the event comes to.'),
  eventId: z.guid().optional(),
  recent: wholeNumber(0, mostAskedFor.recentTransitions)
    .optional()
    .describe(
      'How many of the last transitions before the head of the log come first, if they are among the last 2,000 or so; none by default. Has no effect with `Last-Event-ID`.',
    ),
});

type Filters = Omit<z.output<typeof query>, 'recent'>;

export const followTransitions = defineRoute({
  name: 'followTransitions',
  method: 'GET',
  path: '/v1/stream',
  summary: 'Follow what happens',
  description:
    'Transitions of events as server-sent events, in the order of the log, from its head on, or behind `Last-Event-ID`; all filters that are given must hold. Each message is one transition in JSON, without payloads and results, and its `id` is the place to go on from. Once all that was in the log has been sent, there is a message `caught-up`; before the server ends the stream, one named `ended` with `code` and `detail`. docs/live-stream.md has the members. A client that may only write sees its own events.',
  access: { permission: 'audit:read', forOwnEvents: 'events:write' },
  query,
  headers: {
    'last-event-id': z
      .string()
      .optional()
      .describe('The `id` of the last message that was seen. One that is not of this log is refused.'),
  },
  isEndless: true,
  answers: {
    200: {
      description: 'The stream.',
      headers: { 'x-accel-buffering': z.literal('no').describe('Proxies pass on each message as it comes.') },
      text: ['text/event-stream'],
    },
  },
  problems: [
    'live-stream-place-refused',
    'log-damaged',
    'log-unavailable',
    'read-database-unavailable',
    'shutting-down',
    'too-many-live-streams',
  ],
  handler:
    ({ liveStreams, authenticator, logSegments, cursorKey, limits }) =>
    async (request, reply, { recent = 0, ...filters }) => {
      if (request.method === 'HEAD') return reply.headers(ofStream).send();
      const key = await cursorKey();
      const [given = '', another] = valuesOf(request, 'last-event-id');
      const from = given === '' ? null : another === undefined ? placeOfText(given, key) : null;
      if (given !== '' && from === null) return sendProblem(reply, placeRefused);
      const refusal = await takeRoom(request, reply, limits.memoryOfRequestBytes + limits.liveStreamBytes);
      if (refusal !== null) return sendProblem(reply, refusal);
      const recentFrom = recent === 0 || from !== null ? BEGINNING : ((await logSegments.last())?.from ?? BEGINNING);
      const token = tokenOf(request);
      const reader = await liveStreams.open({
        ...{ from, recent, recentFrom, clientId: request.principal.clientId },
        isWanted: wantedBy(filters, request),
        idOf: (place: LogPlace) => textOfPlace(place, key),
        isStillLetIn: async () => token !== null && (await principalOf(authenticator, token)) !== null,
        signal: untilGone(reply),
      });
      return typeof reader === 'string'
        ? sendProblem(reply, problems[reader])
        : reply.headers(ofStream).send(reader.text);
    },
});

/** A connection that is not used for anything else ends with the stream, also when the server closes. */
const ofStream = { 'content-type': EVENT_STREAM_CONTENT_TYPE, 'x-accel-buffering': 'no', connection: 'close' };

const placeRefused: Problem = {
  code: 'live-stream-place-refused',
  detail:
    'Last-Event-ID does not belong to this log. Begin again without it; lists and histories have what was missed.',
};

const problems: Readonly<Record<Refusal, Problem>> = {
  full: { code: 'too-many-live-streams', detail: 'Ask again after the pause.' },
  'share-used-up': { code: 'too-many-requests', detail: 'As many live streams of this client are open as may.' },
  closing: { code: 'shutting-down' },
  'place-refused': placeRefused,
  'log-unavailable': { code: 'log-unavailable' },
};

function wantedBy(
  { type, source, client, status, eventId }: Filters,
  { ownEventsOnly, principal }: FastifyRequest,
): (message: TransitionMessage) => boolean {
  const id = eventId?.toLowerCase();
  return (message) =>
    (!ownEventsOnly || message.client === principal.clientId) &&
    (type === undefined || message.type === type) &&
    (source === undefined || message.source === source) &&
    (client === undefined || message.client === client) &&
    (status === undefined || message.status === status) &&
    (id === undefined || message.eventId === id);
}
