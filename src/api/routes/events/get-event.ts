import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isThen, type Then } from '../../../application/history-then.ts';
import { type EventStatus, eventStatuses } from '../../../domain/event/status.ts';
import type { EventView } from '../../../projections/events/queries.ts';
import { etag, eventAnswer, exampleEvent } from '../../answers/event.ts';
import { explanationJson } from '../../answers/explanation.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { etagOf, eventJson, JSON_CONTENT_TYPE } from '../../event-json.ts';
import { isSettled } from '../../event-waits.ts';
import { failuresOfDeadLetters } from '../../failures-of-dead-letters.ts';
import { wholeNumber } from '../../intake/query.ts';
import { atMostOneOf, thenQuery } from '../../intake/then.ts';
import { memoryOfEvent, mostAskedFor } from '../../limits.ts';
import { pauseOver } from '../../pause-over.ts';
import { toReadEvents } from '../../permissions.ts';
import { mayKnowOf } from '../../plugins/access.ts';
import { countPayloadsRead } from '../../plugins/access-counts.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { type Problem, success } from '../../problem-details.ts';
import { readEvent, readEventThen, readFromHistory, readReceived } from '../../read-event.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { untilGone } from '../../until-gone.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from './event-answers.ts';

const DEFAULT_WAIT_MS = 30_000;

const query = z
  .strictObject({
    ...thenQuery,
    waitFor: z
      .enum(eventStatuses)
      .optional()
      .describe('Answers once the event has this status, cannot get it any more, or the time is over.'),
    timeoutMs: wholeNumber(0, mostAskedFor.waitMs).optional().describe(`${DEFAULT_WAIT_MS} unless given.`),
    minRevision: wholeNumber(0, Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('Answers with at least this revision, from the log where the read tables are behind.'),
  })
  .superRefine(atMostOneOf('waitFor', 'asOf', 'asOfPosition'))
  .superRefine(atMostOneOf('minRevision', 'asOf', 'asOfPosition'));

export const getEvent = defineRoute({
  name: 'getEvent',
  method: 'GET',
  path: '/v1/events/:id',
  summary: 'Get an event',
  description:
    'The event as it is now, or was at a moment. An event that was answered with 201 is always found. `waitFor` makes it a long poll. A dead letter comes with its failure group and its explanation; where the read tables are unavailable, without.',
  access: toReadEvents,
  params: eventIdParams,
  query,
  headers: { 'if-none-match': z.string().optional().describe('An `ETag`; the answer is 304 while it is still right.') },
  answers: {
    200: { description: 'The event.', headers: { etag }, body: { schema: eventAnswer, example: exampleEvent } },
    304: { description: 'The event is still what `If-None-Match` says.', headers: { etag } },
  },
  problems: ['event-not-found', 'too-many-waiters', 'read-database-refused', ...problemsOfReadingTheLog],
  handler(dependencies) {
    const { log, limits, waits } = dependencies;
    return async (request, reply, { waitFor, timeoutMs = DEFAULT_WAIT_MS, minRevision = 0, ...moment }) => {
      const id = eventIdIn(request);
      if (id === null) return sendEventNotFound(reply);
      if (isThen(moment)) return answerThen(dependencies, request, reply, { id, moment });
      const isAnswered = await answerAtOnce(dependencies, request, reply, { id, waitFor, minRevision });
      if (isAnswered || waitFor === undefined) return reply;
      // A waiting request holds no memory.
      await takeRoom(request, reply, 0);
      const status = async () => (await readFromHistory(log, id))?.status ?? null;
      const { clientId } = request.principal;
      const signal = untilGone(reply);
      const end = await waits.until({ eventId: id, clientId, wanted: waitFor, timeoutMs, signal, status });
      if (end !== 'ended') return sendProblem(reply, end === 'full' ? tooManyWaiters : tooManyOfThisClient);
      const refusal = await takeRoom(request, reply, memoryOfEvent(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      return answerWithFailure(dependencies, request, reply, await readReceived(log, id));
    };
  },
});

async function answerThen(
  { log, limits }: RouteDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, moment }: { readonly id: string; readonly moment: Then },
): Promise<FastifyReply> {
  const refusal = await takeRoom(request, reply, memoryOfEvent(limits));
  if (refusal !== null) return sendProblem(reply, refusal);
  const event = await readEventThen(log, id, moment);
  return event !== null && mayKnowOf(request, event) ? answer(request, reply, event) : sendEventNotFound(reply);
}

const tooManyWaiters: Problem = { code: 'too-many-waiters', detail: 'Ask again without waitFor.' };
const tooManyOfThisClient: Problem = {
  code: 'too-many-requests',
  detail: 'As many requests of this client are waiting as may. Ask again without waitFor, or after the pause.',
};

/** Whether there is nothing to wait for. A function of its own: a long wait must not hold the event. */
async function answerAtOnce(
  dependencies: RouteDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: { readonly id: string; readonly waitFor: EventStatus | undefined; readonly minRevision: number },
): Promise<boolean> {
  const { id, waitFor, minRevision } = asked;
  const { log, limits } = dependencies;
  const refusal = await takeRoom(request, reply, memoryOfEvent(limits));
  // Not `reply.sent`, which stays false for as long as a hook holds the answer back.
  if (refusal !== null) {
    sendProblem(reply, refusal);
    return true;
  }
  // A waiting request asks the log: a row that is behind would end the wait with what was true before a replay.
  const isWaiting = waitFor !== undefined;
  const event = await (isWaiting ? readFromHistory(log, id) : readEvent(dependencies, id, minRevision));
  if (event !== null && mayKnowOf(request, event)) {
    if (isWaiting && !isSettled(event.status, waitFor)) return false;
    await answerWithFailure(dependencies, request, reply, event);
  } else sendEventNotFound(reply);
  return true;
}

/** With what is said about it now, if it is a dead letter; of what it was once, nothing of that is known. */
async function answerWithFailure(
  dependencies: RouteDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  event: EventView,
): Promise<FastifyReply> {
  const failure = (await failuresOfDeadLetters(dependencies, [event], request))(event);
  const shown = failure && { ...failure, explanation: failure.explanation && explanationJson(failure.explanation) };
  const pause = pauseOver(dependencies.pauses, event);
  return answer(request, reply, event, shown ?? (pause && { pause }));
}

function answer(request: FastifyRequest, reply: FastifyReply, event: EventView, beside?: object): FastifyReply {
  const current = etagOf(event, request, beside);
  reply.header('etag', current);
  if (isKnown(request.headers['if-none-match'], current)) return reply.code(success.notModified).send();
  countPayloadsRead(request, 1);
  return reply.header('content-type', JSON_CONTENT_TYPE).send(eventJson(event, request, beside));
}

/** RFC 9110, section 13.1.2: weak comparison. */
const isKnown = (header: string | undefined, current: string) =>
  header !== undefined && header.split(',').some((each) => ['*', current, `W/${current}`].includes(each.trim()));
