import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { eventStatuses } from '../../../domain/event/state.ts';
import { listEvents } from '../../../projections/events/queries.ts';
import { cursorOf, placeOf } from '../../cursors.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { eventJson, JSON_CONTENT_TYPE } from '../../event-json.ts';
import { plainName, printableKey, readFields, sourceName } from '../../intake/fields.ts';
import { moment, wholeNumber } from '../../intake/query.ts';
import { memoryOfPage } from '../../limits.ts';
import { toReadEvents } from '../../permissions.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';

const DEFAULT_LIMIT = 50;

const queryOf = (mostItems: number) =>
  z.strictObject({
    status: z.enum(eventStatuses).optional(),
    type: plainName.optional(),
    source: sourceName.optional(),
    createdAfter: moment.optional(),
    createdBefore: moment.optional(),
    failure: printableKey.optional(),
    limit: wholeNumber(1, mostItems).optional(),
    cursor: z.string().max(1_000).optional(),
  });

export function addListEvents(server: FastifyInstance, dependencies: RouteDependencies): void {
  const query = queryOf(dependencies.limits.listItems);
  server.get('/v1/events', { config: { access: toReadEvents } }, async (request, reply) => {
    const given = readFields(query, request.query, ['query']);
    return given.ok ? sendList(request, reply, given.value, dependencies) : sendProblem(reply, given.problem);
  });
}

/** The same list, of dead letters alone. */
export function addListDeadLetters(server: FastifyInstance, dependencies: RouteDependencies): void {
  const query = queryOf(dependencies.limits.listItems).omit({ status: true });
  server.get('/v1/dead-letters', { config: { access: toReadEvents } }, async (request, reply) => {
    const given = readFields(query, request.query, ['query']);
    if (!given.ok) return sendProblem(reply, given.problem);
    return sendList(request, reply, { ...given.value, status: 'DEAD' }, dependencies);
  });
}

async function sendList(
  request: FastifyRequest,
  reply: FastifyReply,
  { limit = DEFAULT_LIMIT, cursor, ...filters }: z.output<ReturnType<typeof queryOf>>,
  { readDatabase, limits }: RouteDependencies,
): Promise<FastifyReply> {
  const { clientId } = request.principal;
  const list = { clientId, filters };
  const after = cursor === undefined ? null : placeOf(cursor, list);
  if (cursor !== undefined && after === null)
    return sendProblem(reply, { code: 'cursor-refused', detail: 'Begin again without a cursor.' });
  const refusal = await takeRoom(request, reply, memoryOfPage(limits));
  if (refusal !== null) return sendProblem(reply, refusal);
  const seen = request.ownEventsOnly ? { ...filters, clientId } : filters;
  const page = { limit, maxBytes: limits.pageBytes, after: after ?? undefined };
  const { items, next } = await listEvents(readDatabase(), seen, page);
  const nextCursor = next === null ? 'null' : `"${cursorOf(next, list)}"`;
  const body = `{"items":[${items.map(eventJson).join()}],"nextCursor":${nextCursor}}`;
  return reply.header('content-type', JSON_CONTENT_TYPE).send(body);
}
