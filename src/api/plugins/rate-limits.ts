import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../application/ports/authenticator.ts';
import type { MonotonicClock } from '../../application/ports/clock.ts';
import type { SharedCounts } from '../../application/ports/shared-counts.ts';
import { addressOf, networkOf } from '../addresses.ts';
import type { Limits } from '../limits.ts';
import type { Problem } from '../problem-details.ts';
import { exchangeCounts } from '../rate-limits/exchange-counts.ts';
import { createRateLimits, type RateLimitSettings, type RateLimits } from '../rate-limits/rate-limits.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** `null` where requests are not counted. */
    rateLimits: RateLimits | null;
  }
}

export interface RateLimiting extends RateLimitSettings {
  /** Where other processes take requests, too. */
  readonly shared?: SharedCounts | null;
}

/** Counts requests for each principal, and those of strangers for each address, and refuses what is too many. */
export function addRateLimits(
  server: FastifyInstance,
  { shared, ...settings }: RateLimiting,
  { clock, limits }: { readonly clock: MonotonicClock; readonly limits: Limits },
): void {
  const isOff = settings.requestsPerMinute === 0 && settings.actsPerMinute === 0;
  if (isOff) return void server.decorate('rateLimits', null);
  let counted: Parameters<typeof createRateLimits>[0]['counted'] = () => {};
  const rateLimits = createRateLimits({
    ...{ settings, clock, mostKeys: limits.countedKeys },
    counted: (quota, key) => counted(quota, key),
  });
  server.decorate('rateLimits', rateLimits);
  if (!shared) return;
  const exchange = exchangeCounts(rateLimits.quotas, { shared, clock, report: server.repeatingReport });
  ({ counted } = exchange);
  const closing = new AbortController();
  let running: Promise<void> | null = null;
  server.addHook('onReady', async () => {
    running = exchange.run(closing.signal);
  });
  server.addHook('onClose', async () => {
    closing.abort();
    await running;
  });
}

/** Counts a request whose principal is known; why it is refused. */
export function refusalOfPrincipal(request: FastifyRequest, reply: FastifyReply, principal: Principal): Problem | null {
  const { rateLimits } = request.server;
  if (rateLimits === null) return null;
  const isAct = request.routeOptions.config.route?.countsAs === 'act';
  const { problem, headers } = rateLimits.ofPrincipal(principal, isAct);
  reply.headers(headers);
  return problem;
}

/** Counts a request without a valid token; why it is refused. */
export const refusalOfStranger = (request: FastifyRequest): Problem =>
  request.server.rateLimits?.ofStranger(networkOf(addressOf(request))) ?? { code: 'unauthenticated' };
