import type { FastifyInstance } from 'fastify';
import type { IsProxy } from '../addresses.ts';
import { capConnections } from '../connections.ts';
import type { Limits } from '../limits.ts';
import { sendProblem } from './problems.ts';

/** Refuses the requests of connections beyond the cap, and closes them with the answer. */
export function addConnectionCap(server: FastifyInstance, limits: Limits, isProxy: IsProxy): void {
  const connections = capConnections(server.server, limits, isProxy);
  server.addHook('onRequest', (request, reply, done) => {
    if (!connections.isSurplus(request.raw.socket)) return done();
    reply.header('connection', 'close');
    sendProblem(reply, {
      code: 'too-many-connections',
      detail: 'Use fewer connections, or try again after the pause.',
    });
  });
}
