import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EventView } from '../../../projections/events/queries.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { etagOf, eventJson, JSON_CONTENT_TYPE } from '../../event-json.ts';
import { readBinary, readStructured } from '../../intake/cloud-event.ts';
import { decodeText, type Reading, readDocument } from '../../intake/json-document.ts';
import { readSingleEvent } from '../../intake/plain-event.ts';
import { receiveSentEvent } from '../../intake/receive-sent-event.ts';
import { type PreparedEvent, prepare, type SentEvent } from '../../intake/sent-event.ts';
import { type Limits, memoryOfEvent } from '../../limits.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { dataTypeOf, isBinaryCloudEvent, mediaTypeOf, takeBody } from '../../plugins/body-reading.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { success } from '../../problem-details.ts';
import { readReceived } from '../../read-event.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';

export function addIngestEvent(server: FastifyInstance, dependencies: RouteDependencies): void {
  const { limits } = dependencies;
  server.post(
    '/v1/events',
    {
      bodyLimit: limits.bodyBytes,
      config: {
        access: { permission: 'events:write' },
        takes: ['application/json', 'application/cloudevents+json'],
        takesBinaryCloudEvents: true,
      },
    },
    async (request, reply) => {
      const key = idempotencyKeyOf(request);
      if (!key.ok) return sendProblem(reply, key.problem);
      const sent = readPreparedEvent(request, limits);
      if (!sent.ok) return sendProblem(reply, sent.problem);
      const { clientId } = request.principal;
      const by = { clientId, idempotencyKey: key.value, context: commandContextOf(request) };
      const reception = await receiveSentEvent(dependencies, sent.value, by);
      if (!reception.ok) return sendProblem(reply, reception.problem);
      if (reception.isNew) return answer(reply, reception.event, true);
      // What was sent first may be larger than what came now.
      const problem = await takeRoom(request, reply, memoryOfEvent(limits));
      if (problem !== null) return sendProblem(reply, problem);
      return answer(reply, await readReceived(dependencies.log, reception.id), false);
    },
  );
}

/** On its own, so that nothing holds the parsed value while the event waits for the log. */
function readPreparedEvent(request: FastifyRequest, limits: Limits): Reading<PreparedEvent> {
  const sent = readSentEvent(request, limits);
  return sent.ok ? { ok: true, value: prepare(sent.value) } : sent;
}

function readSentEvent(request: FastifyRequest, limits: Limits): Reading<SentEvent> {
  const body = takeBody(request);
  if (isBinaryCloudEvent(request)) return readBinary(request.raw.rawHeaders, body, dataTypeOf(request), limits);
  const text = decodeText(body);
  if (!text.ok) return text;
  const document = readDocument(text.value);
  if (!document.ok) return document;
  const isStructured = mediaTypeOf(request) === 'application/cloudevents+json';
  return isStructured ? readStructured(document.value, limits) : readSingleEvent(document.value);
}

function answer(reply: FastifyReply, event: EventView, isNew: boolean): FastifyReply {
  if (isNew) reply.code(success.created).header('location', `/v1/events/${event.id}`);
  else reply.code(success.ok).header('idempotent-replayed', 'true');
  return reply.header('etag', etagOf(event)).header('content-type', JSON_CONTENT_TYPE).send(eventJson(event));
}
