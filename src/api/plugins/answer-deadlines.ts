import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../application/ports/clock.ts';
import type { Limits } from '../limits.ts';

/**
 * Lets go of clients who do not read. An answer whose bytes the other side does not take for a while is given up, and so
 * is one that is read more slowly than the lowest rate, both with the connection.
 */
export function addAnswerDeadlines(server: FastifyInstance, clock: Clock, limits: Limits): void {
  const dueAt = new Map<FastifyReply, number>();
  const closing = new AbortController();
  let isWatching = false;

  async function watch(): Promise<void> {
    if (isWatching) return;
    isWatching = true;
    while (dueAt.size > 0 && !closing.signal.aborted) {
      await clock.sleep(limits.stalledAnswerMs, closing.signal);
      const now = clock.now();
      for (const [reply, due] of dueAt) if (now > due) reply.raw.destroy();
    }
    isWatching = false;
  }

  /** How long the answer may take from now on; `null` for one that is too short to matter. */
  function longestMs(payload: unknown, isEndless: boolean): number | null {
    if (payload instanceof Readable) return isEndless ? null : limits.longestAnswerMs;
    if (typeof payload !== 'string' || payload.length <= limits.answerPieceBytes) return null;
    return limits.stalledAnswerMs + (payload.length / limits.slowestBytesPerSecond) * 1_000;
  }

  server.addHook('onClose', async () => closing.abort());
  server.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = reply;
    const { socket } = request.raw;
    // Not so where a request is made without a connection.
    if (!(socket instanceof Socket)) return done(null, payload);
    // Node's timeout of a socket counts from the last bytes that the other side took, while there are any to take.
    raw.setTimeout(limits.stalledAnswerMs, () => raw.destroy());
    // Before Node sets the time for which the connection may be idle; a request that waits already has none.
    raw.prependOnceListener('finish', () => socket.setTimeout(0));
    const mostMs = longestMs(payload, request.routeOptions.config.route?.isEndless === true);
    if (mostMs !== null) {
      dueAt.set(reply, clock.now() + mostMs);
      raw.once('close', () => dueAt.delete(reply));
      void watch();
    }
    done(null, payload);
  });
}
