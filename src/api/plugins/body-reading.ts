import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { sendProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that a route with a body takes. */
    takes?: readonly MediaType[];
  }
}

export type MediaType =
  | 'application/json'
  | 'application/x-ndjson'
  | 'application/cloudevents+json'
  | 'application/cloudevents-batch+json';

const utf8Parameters = ['', '; charset=utf-8', ';charset=utf-8', '; charset="utf-8"', ';charset="utf-8"'];

/**
 * Bodies arrive as bytes, whatever they are called: nothing is parsed, coerced or stripped before the route itself
 * looks. Whether the content type is taken is decided by exact comparison, because Fastify's own matching was got
 * around with a tab or a leading space (CVE-2026-25223, GHSA-247c-9743-5963).
 */
export function addBodyReading(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onRoute', (route) => {
    const takes = route.config?.takes;
    if (takes === undefined) return;
    const others = route.onRequest ?? [];
    route.onRequest = [...(Array.isArray(others) ? others : [others]), refuseOtherContent(takes)];
  });
}

function refuseOtherContent(takes: readonly MediaType[]): onRequestHookHandler {
  const taken = new Set(takes.flatMap((type) => utf8Parameters.map((parameters) => type + parameters)));
  return (request, reply, done) => {
    if (request.headers['content-encoding'] !== undefined) {
      sendProblem(reply, { code: 'content-encoding-refused', detail: 'Send the content as it is, not encoded.' });
      return;
    }
    const type = request.headers['content-type'];
    if (type !== undefined && (taken.has(type) || taken.has(type.toLowerCase()))) done();
    else sendProblem(reply, { code: 'media-type-refused', detail: `Taken here: ${takes.join(', ')}.` });
  };
}

/** The media type alone; only behind {@link addBodyReading}'s check. */
export const mediaTypeOf = (request: FastifyRequest) =>
  (request.headers['content-type'] ?? '').split(';', 1)[0]?.toLowerCase() as MediaType;

/** The bytes of the body; none when there was no body. */
export const bodyOf = (request: FastifyRequest): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
