import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HistoryBroken, OperationalFailure } from '../../application/failures.ts';
import type { Logger } from '../../application/ports/logger.ts';
import {
  isProblemCode,
  type Problem,
  problemDocument,
  problemHeaders,
  problemOfStatus,
  statusOf,
} from '../problem-details.ts';

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(statusOf(problem)).headers(problemHeaders(problem)).send(problemDocument(problem));
}

/** Every failure becomes a problem document; what is our fault is logged, here and nowhere else. */
export function addProblems(server: FastifyInstance, logger: Logger): void {
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    if (statusOf(problem) >= 500) {
      const { method, id: requestId } = request;
      logger.error({ err: error, code: problem.code, requestId, method, route: routeOf(request) }, 'request failed');
    }
    return sendProblem(reply, problem);
  });
  server.server.on('checkExpectation', (_request, response) => {
    const problem: Problem = { code: 'expectation-refused' };
    const body = problemDocument(problem);
    const headers = { ...problemHeaders(problem), 'content-length': Buffer.byteLength(body) };
    response.writeHead(statusOf(problem), headers).end(body);
  });
}

/** The route's pattern, never the URL: that may hold what must not be logged. */
export const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? null;

/** What befell a request before there was a route for it. */
export function answerFrameworkError(error: FastifyError, _request: unknown, reply: FastifyReply): void {
  sendProblem(reply, problemOf(error));
}

/** @param error the message goes out only when it is one of ours. */
export function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof HistoryBroken)
    return { code: error.code, detail: 'Nothing was done, and sending again does not help: an operator has to look.' };
  if (error instanceof OperationalFailure && isProblemCode(error.code))
    return {
      code: error.code,
      ...(error.retryable ? { detail: 'Sent again under the same idempotency key, nothing is doubled.' } : {}),
    };
  return problemOfStatus('statusCode' in error ? error.statusCode : undefined);
}

/** A request that Node's parser gave up on never reaches a route: the answer is written to the socket by hand. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
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
