import type { FastifyInstance } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { toReadEvents } from '../../permissions.ts';
import { success } from '../../problem-details.ts';
import { answerAct } from '../events/answer-act.ts';

export function addDiscardDeadLetter(server: FastifyInstance, { useCases }: RouteDependencies): void {
  const config = {
    access: { permission: 'events:discard', and: toReadEvents },
    takes: ['application/json'],
  } as const;
  server.post('/v1/dead-letters/:id/discard', { config }, (request, reply) =>
    answerAct(request, reply, useCases.discardEvent, success.ok),
  );
}
