import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../application/ports/clock.ts';
import type { Limits } from '../limits.ts';
import { sendProblem } from './problems.ts';

/**
 * A server that closes refuses new requests, answers those under way, and closes their connections. Node alone would
 * keep such a connection open for as long as it may be idle, and indefinitely one whose request never ends: it stops
 * checking timeouts once it closes.
 */
export function addClosing(server: FastifyInstance, clock: Clock, limits: Limits): void {
  let isClosing = false;
  server.addHook('preClose', async () => {
    isClosing = true;
    if (!server.server.listening) return;
    const closed = new AbortController();
    server.server.once('close', () => closed.abort());
    void clock.sleep(limits.closingMs, closed.signal).then(() => server.server.closeAllConnections());
  });
  server.addHook('onRequest', (_request, reply, done) => {
    if (isClosing) sendProblem(reply, { code: 'shutting-down' });
    else done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) reply.header('connection', 'close');
    done(null, payload);
  });
}
