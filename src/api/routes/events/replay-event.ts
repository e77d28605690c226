import type { FastifyInstance } from 'fastify';
import { deriveUuid, streamOf } from '../../../application/event-identity.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { readReason } from '../../intake/reason.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { problemOfRejection, success } from '../../problem-details.ts';
import { eventIdIn, sendEvent, sendEventNotFound } from './event-answers.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';

/** With an `Idempotency-Key`, asking twice is asking once: also when the event has been processed again meanwhile. */
export function addReplayEvent(server: FastifyInstance, dependencies: RouteDependencies): void {
  const { useCases, log } = dependencies;
  const config = { access: { permission: 'events:replay' }, takes: ['application/json'] } as const;
  server.post('/v1/events/:id/replay', { config }, async (request, reply) => {
    const id = eventIdIn(request);
    if (id === null) return sendEventNotFound(reply);
    const key = idempotencyKeyOf(request);
    if (!key.ok) return sendProblem(reply, key.problem);
    const given = readReason(request);
    if (!given.ok) return sendProblem(reply, given.problem);
    const { clientId, subject } = request.principal;
    const transitionId = key.value === null ? null : deriveUuid('replay', clientId, id, key.value);
    const wasAskedBefore = async () =>
      transitionId !== null && (await log.readStream(streamOf(id))).some((each) => each.id === transitionId);
    const again = async () => sendEvent(reply.header('idempotent-replayed', 'true'), log, id, success.accepted);
    if (await wasAskedBefore()) return again();
    const result = await useCases.replayEvent(
      id,
      { reason: given.value.reason, requestedBy: subject },
      { ...commandContextOf(request), ...(transitionId === null ? {} : { transitionId: () => transitionId }) },
    );
    if (result.ok) return sendEvent(reply, log, id, success.accepted);
    return (await wasAskedBefore()) ? again() : sendProblem(reply, problemOfRejection(result.rejection));
  });
}
