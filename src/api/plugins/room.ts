import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Admission, Hold, Shortage } from '../admission.ts';
import type { Limits } from '../limits.ts';
import type { Problem } from '../problem-details.ts';

declare module 'fastify' {
  interface FastifyInstance {
    admission: Admission;
  }
  interface FastifyRequest {
    /** Its share of the memory for requests; `null` as long as it has asked for none. */
    hold: Hold | null;
  }
}

/**
 * What requests and answers take in memory is bounded in all and for each client. A request holds its share until its
 * answer has left the process, or its connection is gone: a reader who is slow uses up its own share.
 */
export function addRoom(server: FastifyInstance, admission: Admission, limits: Limits): void {
  server.decorate('admission', admission);
  server.decorateRequest('hold', null);
  server.addHook('onSend', (request, _reply, payload, done) => {
    // The work is done, so what is left is the answer.
    if (request.hold !== null && typeof payload === 'string')
      void request.hold.resize(limits.memoryOfRequestBytes + payload.length * limits.memoryPerAnswerByte);
    done(null, payload);
  });
}

/**
 * Makes sure of `bytes` of memory for a request behind {@link addAccess}, instead of what it has.
 * @returns why it cannot have them.
 */
export async function takeRoom(request: FastifyRequest, reply: FastifyReply, bytes: number): Promise<Problem | null> {
  if (request.hold === null) {
    const hold = request.server.admission.hold(request.principal.clientId);
    request.hold = hold;
    // The first comes when the system has taken the answer, the second alone when the connection is lost before.
    reply.raw.once('finish', hold.release).once('close', hold.release);
    if (reply.raw.destroyed) hold.release();
  }
  const shortage = await request.hold.resize(bytes);
  return shortage === null ? null : problems[shortage];
}

const problems: Readonly<Record<Shortage, Problem>> = {
  client: {
    code: 'too-many-requests',
    detail: 'Nothing was taken. Send it again after the pause, and less at one time.',
  },
  all: { code: 'overloaded', detail: 'Nothing was taken. Send it again after the pause.' },
};
