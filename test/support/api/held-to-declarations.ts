import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problemWith } from '../../../src/api/answers/problem.ts';
import { isProblemCode, type ProblemCode, statusOf } from '../../../src/api/problem-details.ts';
import type { Route, RouteAnswer } from '../../../src/api/route.ts';
import { problemsWithoutRoute } from '../../../src/api/route-problems.ts';
import { routes } from '../../../src/api/routes/routes.ts';
import { answersSeen } from './answers-seen.ts';
import { breachOfDocument, type Exchange } from './held-to-document.ts';

/** What is longer is not kept in order to be looked at: tests of memory measure what is in hand. */
const MOST_LENGTH = 1024 * 1024;
const MOST_REQUEST_BYTES = 64 * 1024;

/**
 * Holds every answer of a server against what its route declares: the status, the headers, the body, and the code of a
 * problem; and the whole exchange against the document that is published. The first that is not declared or documented is
 * thrown by `check`, and by closing the server.
 */
export function holdToDeclarations(server: FastifyInstance): { check(): void } {
  const breaches: string[] = [];
  const seen = answersSeen();
  const bodies = new WeakMap<FastifyRequest, string>();
  const look = (request: FastifyRequest, reply: FastifyReply, body: string) => {
    const { route } = request.routeOptions.config;
    seen.saw(route?.name ?? null, reply.statusCode, codeOf(reply, body));
    const exchange = isOfTheApi(route) ? exchangeOf(route, request, bodies.get(request) ?? null, reply, body) : null;
    const breach = breachOf(request, reply, body) ?? (exchange === null ? null : breachOfDocument(exchange));
    const what = `${request.method} ${request.routeOptions.url ?? request.url}`;
    if (breach !== null) breaches.push(`${what}: ${breach} (${reply.statusCode})`);
  };
  const check = () => {
    const [first] = breaches.splice(0);
    if (first !== undefined) throw new Error(first);
  };
  server.addHook('preHandler', async (request) => {
    const { body } = request;
    if (Buffer.isBuffer(body) && body.length > 0 && body.length <= MOST_REQUEST_BYTES)
      bodies.set(request, body.toString());
  });
  server.addHook('onSend', async (request, reply, payload) => {
    if (!(payload instanceof Readable)) {
      look(request, reply, typeof payload === 'string' ? payload : '');
      return payload;
    }
    return Readable.from(
      passedOn(payload, (body) => look(request, reply, body)),
      { objectMode: false },
    );
  });
  server.addHook('onClose', async () => {
    seen.leave();
    check();
  });
  return { check };
}

async function* passedOn(pieces: Readable, atEnd: (text: string) => void): AsyncGenerator<Buffer> {
  let text: string | null = '';
  for await (const piece of pieces) {
    text = text === null || text.length > MOST_LENGTH ? null : text + piece;
    yield piece;
  }
  if (text !== null) atEnd(text);
}

/** Tests of the tests have routes that the document does not. */
const isOfTheApi = (route: Route | undefined): route is Route => routes.some(({ name }) => name === route?.name);

const isProblem = (reply: FastifyReply) =>
  String(reply.getHeader('content-type') ?? '').startsWith('application/problem+json');

const codeOf = (reply: FastifyReply, text: string): string | null =>
  isProblem(reply) && text !== '' ? String(JSON.parse(text).code) : null;

function exchangeOf(
  { name: operation }: Route,
  { method, params, query, headers }: FastifyRequest,
  body: string | null,
  reply: FastifyReply,
  text: string,
): Exchange {
  const { '*': rest, ...others } = params as Record<string, unknown>;
  const given = rest === undefined ? others : { ...others, path: rest };
  const request = { method, params: given, query: query as Record<string, unknown>, headers, body };
  return { operation, request, answer: { status: reply.statusCode, headers: reply.getHeaders(), body: text } };
}

/** What of an answer is not declared; `null` when all is. */
function breachOf(request: FastifyRequest, reply: FastifyReply, text: string): string | null {
  const { route } = request.routeOptions.config;
  const { statusCode } = reply;
  // A browser's question whether a page may ask, answered for every path.
  if (request.method === 'OPTIONS' && statusCode === 204) return null;
  const type = String(reply.getHeader('content-type') ?? '');
  if (isProblem(reply)) return breachOfProblem(route, statusCode, text);
  const answer = (route?.answers as Readonly<Record<number, RouteAnswer>> | undefined)?.[statusCode];
  if (answer === undefined) return `the status ${statusCode} is not declared`;
  const headers = z.object(answer.headers ?? {}).safeParse(reply.getHeaders());
  if (!headers.success) return `the headers of ${statusCode} are not as declared: ${headers.error.message}`;
  if (request.method === 'HEAD') return null;
  if (answer.text?.some((each) => type === each || type.startsWith(`${each};`)) === true) return null;
  if (answer.body === undefined) return text === '' ? null : `${statusCode} has a body, and none is declared`;
  const body = answer.body.schema.safeParse(JSON.parse(text));
  return body.success ? null : `the body of ${statusCode} is not as declared: ${body.error.message}`;
}

function breachOfProblem(route: Route | undefined, statusCode: number, text: string): string | null {
  const declared: readonly ProblemCode[] = route?.problems ?? problemsWithoutRoute;
  const problem = problemWith(declared).safeParse(JSON.parse(text));
  if (!problem.success) return `the problem is not as declared: ${problem.error.message}\n${text}`;
  const { code, status } = problem.data;
  if (isProblemCode(code) && statusOf({ code }) === statusCode && status === statusCode) return null;
  return `the problem ${code} is sent with the status ${statusCode}`;
}
