import type { FastifyInstance, FastifyRequest } from 'fastify';
import { routeOf } from './problems.ts';

export interface AnsweredRequest {
  /** The route's template, never the URL: that may hold what must not be kept; `null` where there is none. */
  readonly route: string | null;
  readonly method: string;
  readonly status: number;
  /** From when the request came until all of the answer was handed to the system. */
  readonly durationMs: number;
}

/** Says of each request that was answered which one it was and how long it took. */
export function addAnsweredRequests(server: FastifyInstance, answered: (request: AnsweredRequest) => void): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    answered({ route: measuredRouteOf(request), method, status: reply.statusCode, durationMs: reply.elapsedTime });
    done();
  });
}

/** A long poll takes as long as its client wants, which says nothing about the others of its route. */
function measuredRouteOf(request: FastifyRequest): string | null {
  const route = routeOf(request);
  const mayWait = request.routeOptions.config.route?.query?.shape['waitFor'] !== undefined;
  return mayWait && (request.query as Readonly<Record<string, unknown>>)['waitFor'] !== undefined
    ? `${route}?waitFor`
    : route;
}
