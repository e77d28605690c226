import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { etag, exampleEvent, exampleNewEvent, idempotentReplayed } from '../../answers/event.ts';
import { preferenceApplied, sentEventAnswer } from '../../answers/receipt.ts';
import { cloudEventHeaders, readBinary, readStructured, structuredCloudEvent } from '../../intake/cloud-event.ts';
import { printableKey } from '../../intake/fields.ts';
import { decodeText, type Reading, readDocument } from '../../intake/json-document.ts';
import { readSingleEvent, singleEvent } from '../../intake/plain-event.ts';
import { receiveSentEvent } from '../../intake/receive-sent-event.ts';
import { type PreparedEvent, prepare, type SentEvent } from '../../intake/sent-event.ts';
import { type Limits, memoryOfEvent } from '../../limits.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { dataTypeOf, isBinaryCloudEvent, mediaTypeOf, takeBody } from '../../plugins/body-reading.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { readReceived } from '../../read-event.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { answerSent } from './answer-sent.ts';
import { answerWithReceipt, receiptWaitMs } from './answer-with-receipt.ts';
import { exampleOfCloudEvent, exampleOfPlainEvent } from './examples.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';

export const ingestEvent = defineRoute({
  name: 'sendEvent',
  method: 'POST',
  path: '/v1/events',
  summary: 'Send an event',
  description:
    'As JSON, or as a CloudEvent 1.0 in the structured or the binary mode. Answers once the event is durable in the log. The same request under the same key is one event, permanently: the key is `Idempotency-Key` or, of a CloudEvent without it, source and id. Without a key every request is an event of its own.',
  access: { permission: 'events:write' },
  headers: {
    'idempotency-key': printableKey.optional().describe('One key of one client is one event.'),
    prefer: z
      .string()
      .optional()
      .describe(
        '`receipt`: answers, with `receipt`, once the next checkpoint covers the event; `receipt, wait=20`: for at most so many seconds, then without. The event is in the log meanwhile.',
      ),
    ...cloudEventHeaders,
  },
  body: {
    content: {
      'application/json': { schema: singleEvent, example: exampleOfPlainEvent },
      'application/cloudevents+json': { schema: structuredCloudEvent, example: exampleOfCloudEvent },
    },
    takesBinaryCloudEvents: true,
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: {
    201: {
      description: 'The event, which is in the log.',
      headers: { etag, 'preference-applied': preferenceApplied, location: z.string().describe('Where the event is.') },
      body: { schema: sentEventAnswer, example: exampleNewEvent },
    },
    200: {
      description: 'The same request was received before: the event as it is now.',
      headers: { etag, 'preference-applied': preferenceApplied, 'idempotent-replayed': idempotentReplayed },
      body: { schema: sentEventAnswer, example: exampleEvent },
    },
  },
  problems: ['idempotency-key-reused', 'source-not-permitted', ...problemsOfAppending],
  handler(dependencies) {
    const { limits } = dependencies;
    return async (request, reply) => {
      const key = idempotencyKeyOf(request);
      if (!key.ok) return sendProblem(reply, key.problem);
      const sent = readPreparedEvent(request, limits);
      if (!sent.ok) return sendProblem(reply, sent.problem);
      const { clientId, sources = null } = request.principal;
      const by = { clientId, sources, idempotencyKey: key.value, context: commandContextOf(request) };
      const reception = await receiveSentEvent(dependencies, sent.value, by);
      if (!reception.ok) return sendProblem(reply, reception.problem);
      const { isNew } = reception;
      if (!isNew) {
        // What was sent first may be larger than what came now.
        const problem = await takeRoom(request, reply, memoryOfEvent(limits));
        if (problem !== null) return sendProblem(reply, problem);
      }
      const event = isNew ? reception.event : await readReceived(dependencies.log, reception.id);
      const waitMs = receiptWaitMs(request);
      if (waitMs === null) return answerSent(reply, event, { isNew });
      return answerWithReceipt(dependencies, request, reply, { event, isNew, waitMs });
    };
  },
});

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
