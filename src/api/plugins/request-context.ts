import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Random } from '../../application/ports/random.ts';
import type { Limits } from '../limits.ts';
import { sendProblem } from './problems.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * This API serves data, never pages: nothing in an answer may be run, framed, cached or guessed at. A table, because
 * @fastify/helmet makes the same headers again for each request, in 10 µs.
 */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** From then on a browser does not use http for this host. */
export const headersBehindTls = { 'strict-transport-security': 'max-age=31536000' } as const;

export const isUuid = (text: string) => uuid.test(text);

/** The client's own id for the request where it is a UUID, else a fresh one. Recorded with what the request causes. */
export const requestIdFrom = (random: Random) => (request: IncomingMessage) => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : random.uuid();
};

export function addRequestContext(server: FastifyInstance, limits: Limits): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders).header('x-request-id', request.id);
    // Only a proxy that is trusted can say so: this server itself has no TLS.
    if (request.protocol === 'https') reply.headers(headersBehindTls);
    if (request.url.length > limits.urlCharacters) {
      sendProblem(reply, { code: 'uri-too-long', detail: `A URL has at most ${limits.urlCharacters} characters.` });
    } else if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      // Node would answer this itself, without a problem document, unless it is configured to leave it to us.
      sendProblem(reply, { code: 'malformed-request', detail: 'A request in HTTP/1.1 names its host.' });
    } else if (namesHostTwice(request.raw)) {
      sendProblem(reply, { code: 'malformed-request', detail: 'A request names its host once.' });
    } else done();
  });
}

/** Node keeps the first and drops the others: a proxy in front may have gone by another (RFC 9112, section 3.2). */
export function namesHostTwice({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}
