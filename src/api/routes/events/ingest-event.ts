import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { etagOf, eventJson, JSON_CONTENT_TYPE } from '../../event-json.ts';
import { isBinary, readBinary, readStructured } from '../../intake/cloud-event.ts';
import { decodeText, type Reading, readDocument } from '../../intake/json-document.ts';
import { readSingleEvent } from '../../intake/plain-event.ts';
import { type Reception, receiveSentEvent } from '../../intake/receive-sent-event.ts';
import type { SentEvent } from '../../intake/sent-event.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { bodyOf, mediaTypeOf } from '../../plugins/body-reading.ts';
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
      },
    },
    async (request, reply) => {
      const key = idempotencyKeyOf(request);
      if (!key.ok) return sendProblem(reply, key.problem);
      const sent = readSentEvent(request);
      if (!sent.ok) return sendProblem(reply, sent.problem);
      const { clientId } = request.principal;
      const by = { clientId, idempotencyKey: key.value, context: commandContextOf(request) };
      return answer(reply, await receiveSentEvent(dependencies, sent.value, by));
    },
  );
}

function readSentEvent(request: FastifyRequest): Reading<SentEvent> {
  const body = bodyOf(request);
  const text = decodeText(body);
  if (!text.ok) return text;
  const isStructured = mediaTypeOf(request) === 'application/cloudevents+json';
  const isInHeaders = !isStructured && isBinary(request.headers);
  if (isInHeaders && body.length === 0) return readBinary(request.raw.rawHeaders, null);
  const document = readDocument(text.value);
  if (!document.ok) return document;
  if (isInHeaders) return readBinary(request.raw.rawHeaders, document.value);
  return isStructured ? readStructured(document.value) : readSingleEvent(document.value);
}

function answer(reply: FastifyReply, reception: Reception): FastifyReply {
  if (!reception.ok) return sendProblem(reply, reception.problem);
  const { isNew, event } = reception;
  if (isNew) reply.code(success.created).header('location', `/v1/events/${event.id}`);
  else reply.code(success.ok).header('idempotent-replayed', 'true');
  return reply.header('etag', etagOf(event)).header('content-type', JSON_CONTENT_TYPE).send(eventJson(event));
}
