import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newEvent } from '../../../projections/events/queries.ts';
import { exampleNewEvent } from '../../answers/event.ts';
import { parseExactly } from '../../intake/exact-json.ts';
import { anyJson, oneLine, readFields } from '../../intake/fields.ts';
import { asEnvelope, decodeText, type Reading, readDocument } from '../../intake/json-document.ts';
import { toReadEvents } from '../../permissions.ts';
import { actContextOf, mayKnowOf } from '../../plugins/access.ts';
import { takeBody } from '../../plugins/body-reading.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection, success } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { theEventAfterwards } from './answer-act.ts';
import { eventIdIn, eventIdParams, sendEvent, sendEventNotFound } from './event-answers.ts';

const body = z.strictObject({ payload: anyJson, reason: oneLine(500) });

const example = { payload: { orderId: 'A-1', quantity: 1 }, reason: 'the quantity was negative' };

export const correctEvent = defineRoute({
  name: 'correctEvent',
  method: 'POST',
  path: '/v1/events/:id/corrections',
  summary: 'Correct a dead letter',
  description:
    'Makes a new event of the same type, source and client with another payload, and discards the dead letter. What was sent stays as it is; both histories name the other event. Asking twice is asking once, also when the first answer was lost half-way; with another payload it is refused. No role has the permission.',
  access: { permission: 'events:correct', and: toReadEvents },
  countsAs: 'act',
  params: eventIdParams,
  body: {
    content: { 'application/json': { schema: body, example } },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: {
    201: theEventAfterwards('The new event, which is in the log.', { ...exampleNewEvent, payload: example.payload }),
    200: theEventAfterwards('It was asked for before: the new event as it was received.', exampleNewEvent),
  },
  problems: [
    ...(['event-not-found', 'event-discarded', 'event-not-dead', 'replay-not-allowed'] as const),
    'idempotency-key-reused',
    ...problemsOfAppending,
  ],
  handler:
    ({ useCases, replayPermissionOf: permissionOf }) =>
    async (request, reply) => {
      const eventId = eventIdIn(request);
      if (eventId === null) return sendEventNotFound(reply);
      const given = readCorrection(request);
      if (!given.ok) return sendProblem(reply, given.problem);
      const answer = await useCases.correctEvent({
        ...{ eventId, permissionOf, requestedBy: request.principal.subject, context: actContextOf(request) },
        ...given.value,
        mayKnowOf: (received) => mayKnowOf(request, received),
      });
      if (!answer.ok) return sendProblem(reply, problemOfRejection(answer.rejection));
      if (answer.isRepeat) reply.header('idempotent-replayed', 'true');
      const event = newEvent(answer.id, answer.state.received, answer.at);
      return sendEvent(reply, event, { sight: request, status: answer.isRepeat ? success.ok : success.created });
    },
});

interface Correction {
  readonly payload: string;
  readonly payloadValue: unknown;
  readonly reason: string;
}

/** The payload as it was written, as with an event that a client sends. */
function readCorrection(request: FastifyRequest): Reading<Correction> {
  const text = decodeText(takeBody(request));
  if (!text.ok) return text;
  const document = readDocument(text.value);
  const envelope = document.ok ? asEnvelope(document.value) : document;
  if (!envelope.ok) return envelope;
  const fields = readFields(body, envelope.value.value);
  if (!fields.ok) return fields;
  const payload = envelope.value.textOf('payload') ?? 'null';
  const payloadValue = envelope.value.hasLongNumbers ? parseExactly(payload) : fields.value.payload;
  return { ok: true, value: { payload, payloadValue, reason: fields.value.reason } };
}
