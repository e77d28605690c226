import type { FastifyReply } from 'fastify';

/** Aborts when the connection closes. The request's own signal may abort sooner: once its body has been read. */
export function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (reply.raw.destroyed) gone.abort();
  else reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
