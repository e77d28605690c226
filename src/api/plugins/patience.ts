import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../../application/ports/authenticator.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { addressOf, networkOf } from '../addresses.ts';
import type { Limits } from '../limits.ts';

interface Refused {
  inARow: number;
  lastAt: number;
}

/** Answers that say that another time, or another token, would do. */
const refusing = new Set([401, 429, 503]);

/**
 * Slows down clients who ask again at once whatever the answer: after a number of refusals in a row `Retry-After` grows, and
 * the answer is held back. The first success ends it. Probes of health are never held back.
 */
export function addPatience(server: FastifyInstance, clock: Clock, limits: Limits): void {
  const clients = new Map<string, Refused>();

  function refusalsOf(client: string): number {
    const now = clock.now();
    const known = clients.get(client);
    clients.delete(client);
    const isOver = known === undefined || Math.abs(now - known.lastAt) > limits.refusalsForgottenAfterMs;
    const inARow = isOver ? 1 : known.inARow + 1;
    // The one that was refused longest ago is first.
    const [oldest] = clients.keys();
    if (clients.size >= limits.refusedClients && oldest !== undefined) clients.delete(oldest);
    clients.set(client, { inARow, lastAt: now });
    return inARow;
  }

  server.addHook('onSend', (request, reply, payload, done) => {
    const { access = 'public' } = request.routeOptions.config.route ?? {};
    if (access === 'public') return done(null, payload);
    if (!refusing.has(reply.statusCode)) {
      if (clients.size > 0 && reply.statusCode < 400) clients.delete(nameOf(request));
      return done(null, payload);
    }
    const beyond = refusalsOf(nameOf(request)) - limits.refusalsWithoutDelay;
    if (beyond <= 0) return done(null, payload);
    const longer = Math.min(limits.longestRetryAfterSeconds, 1 + beyond);
    if (reply.hasHeader('retry-after'))
      reply.header('retry-after', String(Math.max(Number(reply.getHeader('retry-after')), longer)));
    const delayMs = Math.min(limits.longestDelayMs, beyond * limits.delayPerRefusalMs);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    void clock.sleep(delayMs, gone.signal).then(() => done(null, payload));
  });
}

/** The client; before it is known who that is, the address. */
function nameOf(request: FastifyRequest): string {
  const principal: Principal | null = request.principal;
  return principal === null ? `address ${networkOf(addressOf(request))}` : `client ${principal.clientId}`;
}
