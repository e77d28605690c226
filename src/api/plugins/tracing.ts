import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestTrace, RequestTraces } from '../../application/ports/request-traces.ts';
import { checkedTraceContext, type TraceContext } from '../../application/trace-context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `null` where requests are not followed. */
    trace: RequestTrace | null;
  }
}

/**
 * Follows each request to a route that is not public, from before its token is looked at to the end of its answer. Load
 * balancers ask the public ones every second, and what asks for a path that is no route leads to nothing.
 */
export function addTracing(server: FastifyInstance, traces: RequestTraces | undefined): void {
  server.decorateRequest('trace', null);
  if (traces === undefined) return;
  server.addHook('onRequest', (request, reply, done) => {
    const { config, url } = request.routeOptions;
    if (url === undefined || config.route === undefined || config.route.access === 'public') return done();
    const { method, protocol: scheme } = request;
    const trace = traces.begin({ method, route: url, scheme, sent: sentContextOf(request) });
    request.trace = trace;
    const { raw } = reply;
    raw.once('close', () => trace.end(raw.headersSent ? raw.statusCode : null));
    trace.within(done);
  });
  // The body has been read meanwhile, on behalf of a connection instead of a request.
  server.addHook('preHandler', (request, _reply, done) => {
    if (request.trace === null) done();
    else request.trace.within(done);
  });
}

/** What is recorded with whatever the request causes. */
export const traceContextOf = (request: FastifyRequest): TraceContext =>
  request.trace?.context ?? sentContextOf(request);

/** The client's; without what is malformed, as the specification asks. */
const sentContextOf = ({ headers }: FastifyRequest): TraceContext =>
  checkedTraceContext(headers['traceparent'], headers['tracestate']);
