import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ActAnswer, AskedAct } from '../../../application/use-cases/event/act-once.ts';
import { eventFromHistory } from '../../../projections/events/queries.ts';
import { etag, eventAnswer, idempotentReplayed } from '../../answers/event.ts';
import { printableKey } from '../../intake/fields.ts';
import { readReason, reasonBody } from '../../intake/reason.ts';
import { actContextOf, mayKnowOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection, type success } from '../../problem-details.ts';
import type { RouteAnswer } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { eventIdIn, eventIdParams, sendEvent, sendEventNotFound } from './event-answers.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';

/** What routes that act on an event have in common. */
export const actOnEvent = {
  method: 'POST',
  countsAs: 'act',
  params: eventIdParams,
  headers: {
    'idempotency-key': printableKey.optional().describe('The same request under one key is carried out once.'),
  },
  body: {
    content: { 'application/json': { schema: reasonBody, example: { reason: 'the warehouse is back' } } },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  problems: ['event-not-found', 'event-discarded', 'idempotency-key-reused', ...problemsOfAppending],
} as const;

export const theEventAfterwards = (description: string, example: unknown): RouteAnswer => ({
  description,
  headers: { etag, 'idempotent-replayed': idempotentReplayed.optional() },
  body: { schema: eventAnswer, example },
});

/** Reads what an operator asks of the event in the path, has it done, and answers with the event as it is then. */
export async function answerAct(
  request: FastifyRequest,
  reply: FastifyReply,
  act: (asked: AskedAct) => Promise<ActAnswer>,
  status: (typeof success)[keyof typeof success],
): Promise<FastifyReply> {
  const eventId = eventIdIn(request);
  if (eventId === null) return sendEventNotFound(reply);
  const key = idempotencyKeyOf(request);
  if (!key.ok) return sendProblem(reply, key.problem);
  const given = readReason(request);
  if (!given.ok) return sendProblem(reply, given.problem);
  const { clientId, subject } = request.principal;
  const answer = await act({
    ...{ eventId, clientId, requestedBy: subject, key: key.value, reason: given.value.reason },
    context: actContextOf(request),
    mayKnowOf: (received) => mayKnowOf(request, received),
  });
  if (!answer.ok) return sendProblem(reply, problemOfRejection(answer.rejection));
  if (answer.isRepeat) reply.header('idempotent-replayed', 'true');
  return sendEvent(reply, eventFromHistory(answer.history), { sight: request, status });
}
