import type { FastifyInstance } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { readReason } from '../../intake/reason.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection, success } from '../../problem-details.ts';
import { eventIdIn, sendEvent, sendEventNotFound } from '../events/event-answers.ts';

export function addDiscardDeadLetter(server: FastifyInstance, { useCases, log }: RouteDependencies): void {
  const config = { access: { permission: 'events:discard' }, takes: ['application/json'] } as const;
  server.post('/v1/dead-letters/:id/discard', { config }, async (request, reply) => {
    const id = eventIdIn(request);
    if (id === null) return sendEventNotFound(reply);
    const given = readReason(request);
    if (!given.ok) return sendProblem(reply, given.problem);
    const discard = { reason: given.value.reason, requestedBy: request.principal.subject };
    const result = await useCases.discardEvent(id, discard, commandContextOf(request));
    if (!result.ok) return sendProblem(reply, problemOfRejection(result.rejection));
    return sendEvent(reply, log, id, success.ok);
  });
}
