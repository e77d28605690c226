import { timestamp } from '../../../application/ports/clock.ts';
import { type EventTimeline, readTimeline } from '../../../application/read-timeline.ts';
import { exampleTrace, traceAnswer } from '../../answers/trace.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { memoryOfPage } from '../../limits.ts';
import { toReadEvents } from '../../permissions.ts';
import { mayKnowOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from './event-answers.ts';

export const getTrace = defineRoute({
  name: 'getTrace',
  method: 'GET',
  path: '/v1/events/:id/trace',
  summary: "Get an event's timeline",
  description:
    'What the event waited for and what was done with it, one span after the other, from its history in the log: each wait, attempt and backoff, with its duration and the trace that it belongs to.',
  access: toReadEvents,
  params: eventIdParams,
  answers: { 200: { description: 'The timeline.', body: { schema: traceAnswer, example: exampleTrace } } },
  problems: ['event-not-found', ...problemsOfReadingTheLog],
  handler:
    ({ log, limits, clock }) =>
    async (request, reply) => {
      const id = eventIdIn(request);
      if (id === null) return sendEventNotFound(reply);
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const timeline = await readTimeline(log, id, { now: timestamp(clock.now()) });
      if (timeline === null || !mayKnowOf(request, timeline.state.received)) return sendEventNotFound(reply);
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(traceOf(id, timeline)));
    },
});

/** Version, trace id, parent id and flags (https://www.w3.org/TR/trace-context/#traceparent-header). */
const traceIdOf = (traceparent: string | null) => traceparent?.split('-')[1] ?? null;

function traceOf(id: string, { state, receivedAt, endedAt, spans, omitted }: EventTimeline) {
  const { status, nextAttemptAt, received } = state;
  const shown = spans.map(({ traceparent, ...span }) => ({ ...span, traceId: traceIdOf(traceparent) }));
  return {
    ...{ id, type: received.type, source: received.source, status, receivedAt, endedAt },
    durationMs: endedAt === null ? null : Math.max(0, Date.parse(endedAt) - Date.parse(receivedAt)),
    nextAttemptAt,
    traceIds: [...new Set(shown.flatMap(({ traceId }) => traceId ?? []))],
    spans: shown,
    omittedSpans: omitted,
  };
}
