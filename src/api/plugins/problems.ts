import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperationalFailure } from '../../application/failures.ts';
import type { RepeatingReport } from '../../application/repeating-report.ts';
import {
  isProblemCode,
  type Problem,
  problemDocument,
  problemHeaders,
  problemOfStatus,
  statusOf,
} from '../problem-details.ts';
import { RequestRefused } from '../request-refused.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** For log lines about what may occur with every request. */
    repeatingReport: RepeatingReport;
    /** Told of every problem that is sent. */
    countProblem: (code: Problem['code']) => void;
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  reply.server.countProblem(problem.code);
  return reply.code(statusOf(problem)).headers(problemHeaders(problem)).send(problemDocument(problem));
}

export interface ProblemOptions {
  readonly report: RepeatingReport;
  readonly countProblem: (code: Problem['code']) => void;
}

/** Every failure becomes a problem document; what is our fault is logged, here and nowhere else. */
export function addProblems(server: FastifyInstance, { report, countProblem }: ProblemOptions): void {
  server.decorate('repeatingReport', report).decorate('countProblem', countProblem);
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    // Fastify would close the connection, over which the rest of a body may still come, and the answer could get lost.
    if (error instanceof RequestRefused) reply.removeHeader('connection');
    else if (statusOf(problem) >= 500) {
      const { method, id: requestId } = request;
      const fields = { err: error, code: problem.code, requestId, method, route: routeOf(request) };
      const kind = `${problem.code} ${error.name}`;
      report.occurred({ about: whatIsAsked(request), kind, level: 'error', fields, message: 'request failed' });
    }
    return sendProblem(reply, problem);
  });
  server.addHook('onResponse', (request, reply, done) => {
    if (reply.statusCode < 500) report.wentWell(whatIsAsked(request));
    done();
  });
  server.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete) answeredEarly.set(raw.socket, raw);
    done();
  });
  server.server.on('checkExpectation', (_request, response) => {
    const problem: Problem = { code: 'expectation-refused' };
    const body = problemDocument(problem);
    const headers = { ...problemHeaders(problem), 'content-length': Buffer.byteLength(body) };
    response.writeHead(statusOf(problem), headers).end(body);
  });
}

const whatIsAsked = (request: FastifyRequest) => `${request.method} ${routeOf(request)}`;

/** The last request of a connection that was answered before all of it had come. */
const answeredEarly = new WeakMap<Socket, IncomingMessage>();

const isAnswered = (socket: Socket) => answeredEarly.get(socket)?.complete === false;

/** The route's pattern, never the URL: that may hold what must not be logged. */
export const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? null;

/** What befell a request before there was a route for it. */
export function answerFrameworkError(error: FastifyError, _request: unknown, reply: FastifyReply): void {
  sendProblem(reply, problemOf(error));
}

/** @param error the message goes out only when it is one of ours. */
export function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof RequestRefused) return error.problem;
  if (error instanceof OperationalFailure && isProblemCode(error.code))
    return {
      code: error.code,
      ...(error.retryable ? { detail: 'Sent again under the same idempotency key, nothing is doubled.' } : {}),
    };
  return problemOfStatus('statusCode' in error ? error.statusCode : undefined);
}

/**
 * A request that Node's parser gave up on never reaches a route: the answer is written to the socket by hand.
 * @param passingOverMs how much longer than other requests the rest of a body may take that was refused
 */
export const answerClientErrors =
  (passingOverMs: number) =>
  (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isAnswered(socket)) letPassOver(socket, passingOverMs);
    else answerClientError(error, socket);
  };

/** That answer stands, and the client may have sent its next request right behind the body that nobody reads. */
function letPassOver(socket: Socket, passingOverMs: number): void {
  const timer = setTimeout(() => {
    if (isAnswered(socket)) socket.destroy();
  }, passingOverMs);
  socket.once('close', () => clearTimeout(timer));
}

function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (socket.writable) {
    const problem: Problem = { code: codeOfParserError(error.code) };
    const body = problemDocument(problem);
    const headers = { ...problemHeaders(problem), 'content-length': String(Buffer.byteLength(body)) };
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    const status = statusOf(problem);
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  }
  socket.destroy(error);
}

function codeOfParserError(code: string | undefined): Problem['code'] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'malformed-request';
}
