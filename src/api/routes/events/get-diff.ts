import { z } from 'zod';
import { streamOf } from '../../../application/event-identity.ts';
import { findRevision, type Point } from '../../../application/find-revision.ts';
import type { RecordedTransition } from '../../../application/ports/event-log.ts';
import { readHistory } from '../../../application/read-history.ts';
import { eventFromHistory } from '../../../projections/events/queries.ts';
import { diffAnswer, exampleDiff } from '../../answers/diff.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { memoryOfEvent } from '../../limits.ts';
import { toReadEvents } from '../../permissions.ts';
import { mayKnowOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from './event-answers.ts';

const error = 'must be a revision such as 3, or a generation and an attempt in it such as 0:2';

const point = z
  .string({ error })
  .regex(/^\d{1,9}(:\d{1,9})?$/, { error })
  .transform((text): Point => {
    const [first = 0, attempt] = text.split(':').map(Number);
    return attempt === undefined ? { revision: first } : { generation: first, attempt };
  });

export const getDiff = defineRoute({
  name: 'getDiff',
  method: 'GET',
  path: '/v1/events/:id/diff',
  summary: 'Compare two states of an event',
  description:
    'What happened to an event between two points of its history, from the log. A point is a revision, or an attempt with all that followed from it (`0:2`: generation 0, attempt 2), as the timeline shows them. The payload never differs.',
  access: toReadEvents,
  params: eventIdParams,
  query: z.strictObject({
    from: point.meta({ description: 'The one point.', example: '0' }),
    to: point.meta({ description: 'The other point.', example: '0:1' }),
  }),
  answers: { 200: { description: 'The difference.', body: { schema: diffAnswer, example: exampleDiff } } },
  problems: ['event-not-found', 'point-not-found', ...problemsOfReadingTheLog],
  handler:
    ({ log, limits }) =>
    async (request, reply, points) => {
      const id = eventIdIn(request);
      if (id === null) return sendEventNotFound(reply);
      const refusal = await takeRoom(request, reply, memoryOfEvent(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const history = await readHistory(log, streamOf(id));
      const event = eventFromHistory(history);
      if (event === null || !mayKnowOf(request, event)) return sendEventNotFound(reply);
      const from = findRevision(history, points.from);
      const to = findRevision(history, points.to);
      if (from === null || to === null) {
        const which = from === null ? 'from' : 'to';
        const detail = `The history has no such point as ${which} names: its revisions are 0 to ${history.length - 1}.`;
        return sendProblem(reply, { code: 'point-not-found', detail });
      }
      const answer = { id, from: pointOf(history, from), to: pointOf(history, to), patch: patchOf(history, from, to) };
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(answer));
    },
});

const pointOf = (history: readonly RecordedTransition[], revision: number) => ({
  revision,
  recordedAt: history[revision]?.recordedAt,
});

function patchOf(history: readonly RecordedTransition[], from: number, to: number) {
  const before = stateAt(history, from);
  return [...stateAt(history, to)]
    .filter(([name, value]) => value !== before.get(name))
    .map(([name, value]) => ({ op: 'replace', path: `/${name}`, value }));
}

/** What the event shows, by name: plain values, so that two of them differ where a value does. */
function stateAt(history: readonly RecordedTransition[], revision: number): ReadonlyMap<string, unknown> {
  const event = eventFromHistory(history.slice(0, revision + 1));
  if (event === null) throw new Error('A history begins with its event');
  const { clientId: _, ...shown } = event;
  return new Map(Object.entries(shown));
}
