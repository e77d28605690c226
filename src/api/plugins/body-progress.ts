import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../application/ports/clock.ts';
import type { Limits } from '../limits.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** To be called with each body whose reading begins. */
    watchBody: (request: FastifyRequest) => void;
  }
}

/**
 * Gives up bodies that hardly come. Node's own `requestTimeout` knows the time alone, and so a body that we were too busy to
 * read counts as late: it only bounds the whole, and what a client owes us is that something comes.
 */
export function addBodyProgress(server: FastifyInstance, clock: Clock, limits: Limits): void {
  /** Requests whose body is being read, and what their connection had brought at the last look. */
  const reading = new Map<FastifyRequest, number>();
  const closing = new AbortController();
  let isWatching = false;

  async function watch(): Promise<void> {
    if (isWatching) return;
    isWatching = true;
    while (reading.size > 0 && !closing.signal.aborted) {
      await clock.sleep(limits.bodyProgressMs, closing.signal);
      // What waits in the system's buffers has come as well: it is read before the look.
      await new Promise((resolve) => setImmediate(resolve));
      for (const [request, before] of reading) look(request, before);
    }
    isWatching = false;
  }

  function look(request: FastifyRequest, before: number): void {
    const { socket } = request.raw;
    if (before >= 0 && socket.bytesRead - before < limits.bodyProgressBytes) {
      reading.delete(request);
      const late = Object.assign(new Error('The body hardly comes'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      server.server.emit('clientError', late, socket);
    } else reading.set(request, socket.bytesRead);
  }

  server.addHook('onClose', async () => closing.abort());
  server.decorate('watchBody', (request: FastifyRequest) => {
    if (request.raw.complete) return;
    // The first look only notes how far it is: it may have begun a moment ago.
    reading.set(request, -1);
    void watch();
  });
  server.addHook('preValidation', (request, _reply, done) => {
    reading.delete(request);
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    reading.delete(request);
    done();
  });
}
