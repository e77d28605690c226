import type { FastifyInstance } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { readReason } from '../../intake/reason.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection, success } from '../../problem-details.ts';
import { eventIdIn, sendEvent, sendEventNotFound } from './event-answers.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { replayOnce } from './replay-once.ts';

export function addReplayEvent(server: FastifyInstance, dependencies: RouteDependencies): void {
  const config = { access: { permission: 'events:replay' }, takes: ['application/json'] } as const;
  server.post('/v1/events/:id/replay', { config }, async (request, reply) => {
    const eventId = eventIdIn(request);
    if (eventId === null) return sendEventNotFound(reply);
    const key = idempotencyKeyOf(request);
    if (!key.ok) return sendProblem(reply, key.problem);
    const given = readReason(request);
    if (!given.ok) return sendProblem(reply, given.problem);
    const { clientId, subject } = request.principal;
    const asked = { eventId, clientId, subject, key: key.value, reason: given.value.reason };
    const answer = await replayOnce(dependencies, { ...asked, context: commandContextOf(request) });
    if (!answer.ok) return sendProblem(reply, problemOfRejection(answer.rejection));
    if (answer.isRepeat) reply.header('idempotent-replayed', 'true');
    return sendEvent(reply, dependencies.log, eventId, success.accepted);
  });
}
