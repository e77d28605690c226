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
