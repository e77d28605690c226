import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { etagOf, eventJson, JSON_CONTENT_TYPE } from '../../event-json.ts';
import { readBinary, readStructured } from '../../intake/cloud-event.ts';
import { decodeText, type Reading, readDocument } from '../../intake/json-document.ts';
import { readSingleEvent } from '../../intake/plain-event.ts';
import { type Reception, receiveSentEvent } from '../../intake/receive-sent-event.ts';
import type { SentEvent } from '../../intake/sent-event.ts';
import type { Limits } from '../../limits.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { bodyOf, dataTypeOf, isBinaryCloudEvent, mediaTypeOf } from '../../plugins/body-reading.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { success } from '../../problem-details.ts';
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
      const sent = readSentEvent(request, limits);
      if (!sent.ok) return sendProblem(reply, sent.problem);
      const { clientId } = request.principal;
      const by = { clientId, idempotencyKey: key.value, context: commandContextOf(request) };
      return answer(reply, await receiveSentEvent(dependencies, sent.value, by));
    },
  );
}

function readSentEvent(request: FastifyRequest, limits: Limits): Reading<SentEvent> {
  const body = bodyOf(request);
  if (isBinaryCloudEvent(request)) return readBinary(request.raw.rawHeaders, body, dataTypeOf(request), limits);
  const text = decodeText(body);
  if (!text.ok) return text;
  const document = readDocument(text.value);
  if (!document.ok) return document;
  const isStructured = mediaTypeOf(request) === 'application/cloudevents+json';
  return isStructured ? readStructured(document.value, limits) : readSingleEvent(document.value);
}

function answer(reply: FastifyReply, reception: Reception): FastifyReply {
  if (!reception.ok) return sendProblem(reply, reception.problem);
  const { isNew, event } = reception;
  if (isNew) reply.code(success.created).header('location', `/v1/events/${event.id}`);
  else reply.code(success.ok).header('idempotent-replayed', 'true');
  return reply.header('etag', etagOf(event)).header('content-type', JSON_CONTENT_TYPE).send(eventJson(event));
}
