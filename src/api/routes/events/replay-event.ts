import type { FastifyInstance } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { toReadEvents } from '../../permissions.ts';
import { success } from '../../problem-details.ts';
import { answerAct } from './answer-act.ts';

export function addReplayEvent(
  server: FastifyInstance,
  { useCases, replayPermissionOf: permissionOf }: RouteDependencies,
): void {
  const config = {
    access: { permission: 'events:replay', and: toReadEvents },
    takes: ['application/json'],
  } as const;
  server.post('/v1/events/:id/replay', { config }, (request, reply) =>
    answerAct(request, reply, (asked) => useCases.replayEvent({ ...asked, permissionOf }), success.accepted),
  );
}
