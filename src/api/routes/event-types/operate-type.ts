import { z } from 'zod';
import { eventTypeAnswer, exampleEventType } from '../../answers/event-type.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { readReason, reasonBody } from '../../intake/reason.ts';
import { actContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection } from '../../problem-details.ts';
import { defineRoute, type Route } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { isKnown, showType, waitingEvents } from './show-types.ts';

interface Act {
  readonly name: string;
  readonly verb: 'pause' | 'resume';
  readonly kind: 'PauseEventType' | 'ResumeEventType';
  readonly summary: string;
  readonly description: string;
  readonly reason: string;
}

/** Names of types, or patterns of them, as the configuration has them; what is none is answered like one that is unknown. */
const isName = (text: string) => /^(\*|[A-Za-z0-9_.:/-]{1,200}(\.\*)?)$/.test(text);

const defineAct = ({ name: routeName, verb, kind, summary, description, reason }: Act): Route =>
  defineRoute({
    name: routeName,
    method: 'POST',
    path: `/v1/types/:type/${verb}`,
    ...{ summary, description },
    access: { permission: 'types:pause', and: { permission: 'events:read' } },
    countsAs: 'act',
    params: { type: z.string().describe('A type, `order.*` for all that begin so, or `*`.') },
    body: {
      content: { 'application/json': { schema: reasonBody, example: { reason } } },
      mostBytes: 'bodyBytes',
      memoryPerByte: 'memoryPerBodyByte',
    },
    answers: {
      200: {
        description: 'The type.',
        body: {
          schema: eventTypeAnswer,
          example: { ...exampleEventType, ...(verb === 'resume' ? { pause: null } : {}) },
        },
      },
    },
    problems: ['type-not-found', verb === 'pause' ? 'type-paused' : 'type-not-paused', ...problemsOfAppending],
    handler: (dependencies) => async (request, reply) => {
      const { type: name } = request.params as { readonly type: string };
      const given = readReason(request);
      if (!given.ok) return sendProblem(reply, given.problem);
      const { configuredTypes, pauses, useCases } = dependencies;
      // One that was removed from the configuration can still be let go on.
      if (!isName(name) || !(isKnown(dependencies, name) || pauses.all().has(name))) {
        const known = configuredTypes.all.map((each) => each.name).toSorted();
        const detail = `The configuration names ${known.length === 0 ? 'none' : known.join(', ')}.`;
        return sendProblem(reply, { code: 'type-not-found', detail, members: { known } });
      }
      const result = await useCases.operateEventType({
        name,
        command: { kind, reason: given.value.reason, requestedBy: request.principal.subject },
        context: actContextOf(request),
      });
      if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
      const paused = new Map(pauses.all());
      const { pause } = result.current.state ?? { pause: null };
      if (pause === null) paused.delete(name);
      else paused.set(name, pause);
      const shown = showType(dependencies, { name, paused, waiting: await waitingEvents(dependencies) });
      return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(shown));
    },
  });

export const pauseEventType = defineAct({
  name: 'pauseEventType',
  verb: 'pause',
  kind: 'PauseEventType',
  summary: 'Pause a type of events',
  description:
    'No attempt of its events begins any more, within about a second in all processes. What runs goes on to its end. Events are taken as before, and wait; no attempt is counted.',
  reason: 'the warehouse moves',
});

export const resumeEventType = defineAct({
  name: 'resumeEventType',
  verb: 'resume',
  kind: 'ResumeEventType',
  summary: 'Let a paused type of events go on',
  description: 'All of its events that wait are asked for at once, and are worked on as workers have room for them.',
  reason: 'the warehouse has moved',
});
