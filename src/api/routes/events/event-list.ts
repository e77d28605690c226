import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EventStatus } from '../../../domain/event/status.ts';
import { type EventView, listEvents } from '../../../projections/events/queries.ts';
import { eventListAnswer, exampleEvent, exampleListedEvent } from '../../answers/event.ts';
import { shortExplanationJson } from '../../answers/explanation.ts';
import { cursorOf, placeOf } from '../../cursors.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { eventJson, JSON_CONTENT_TYPE } from '../../event-json.ts';
import { failuresOfDeadLetters } from '../../failures-of-dead-letters.ts';
import { plainName, printableKey, sourceName } from '../../intake/fields.ts';
import { payloadFilters } from '../../intake/payload-filters.ts';
import { moment, wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { pauseOver } from '../../pause-over.ts';
import { refusalOfPayloadFields } from '../../payload-fields.ts';
import { countPayloadsRead } from '../../plugins/access-counts.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import type { ProblemCode } from '../../problem-details.ts';
import type { RouteAnswer } from '../../route.ts';

const DEFAULT_LIMIT = 50;

/** What lists of events may be asked for. */
export const listQuery = z.strictObject({
  type: plainName.optional(),
  source: sourceName.optional(),
  createdAfter: moment.optional(),
  createdBefore: moment.optional(),
  payload: payloadFilters,
  failure: printableKey.optional().describe('The fingerprint of the last failure.'),
  limit: wholeNumber(1, mostAskedFor.listItems)
    .optional()
    .describe(`Most items of a page; ${DEFAULT_LIMIT} unless given. A page may have fewer, and still a next one.`),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before, with the same filters.'),
});

type ListQuery = z.output<typeof listQuery> & { readonly status?: EventStatus | undefined };

export const aPageOfEvents: RouteAnswer = {
  description: 'A page.',
  body: { schema: eventListAnswer, example: { items: [exampleListedEvent, exampleEvent], nextCursor: null } },
};

export const problemsOfLists = [
  'cursor-refused',
  'payload-field-not-indexed',
  'read-database-refused',
  'read-database-unavailable',
] as const satisfies readonly ProblemCode[];

export async function sendList(
  request: FastifyRequest,
  reply: FastifyReply,
  { limit = DEFAULT_LIMIT, cursor, ...filters }: ListQuery,
  { readDatabase, cursorKey, limits, pauses }: RouteDependencies,
): Promise<FastifyReply> {
  const { clientId } = request.principal;
  const list = { clientId, filters };
  const key = await cursorKey();
  const after = cursor === undefined ? null : placeOf(cursor, list, key);
  if (cursor !== undefined && after === null)
    return sendProblem(reply, { code: 'cursor-refused', detail: 'Begin again without a cursor.' });
  const refusal =
    (await takeRoom(request, reply, memoryOfPage(limits))) ??
    (await refusalOfPayloadFields(readDatabase(), filters.payload));
  if (refusal !== null) return sendProblem(reply, refusal);
  const seen = request.ownEventsOnly ? { ...filters, clientId } : filters;
  const page = { limit, maxBytes: limits.pageBytes, after: after ?? undefined };
  const { items, next } = await listEvents(readDatabase(), seen, page);
  countPayloadsRead(request, items.length);
  const nextCursor = next === null ? 'null' : `"${cursorOf(next, list, key)}"`;
  const listed = await listedEvents({ readDatabase, pauses }, request, items);
  const body = `{"items":[${listed.join()}],"nextCursor":${nextCursor}}`;
  return reply.header('content-type', JSON_CONTENT_TYPE).send(body);
}

/** Events as lists show them: dead letters with what is said about their failure, in short. */
export async function listedEvents(
  dependencies: Pick<RouteDependencies, 'readDatabase' | 'pauses'>,
  request: FastifyRequest,
  events: readonly EventView[],
): Promise<readonly string[]> {
  const failureOf = await failuresOfDeadLetters(dependencies, events, request);
  return events.map((event) => {
    const failure = failureOf(event);
    const inShort = failure && {
      ...failure,
      explanation: failure.explanation && shortExplanationJson(failure.explanation),
    };
    const pause = pauseOver(dependencies.pauses, event);
    return eventJson(event, request, inShort ?? (pause && { pause }));
  });
}
