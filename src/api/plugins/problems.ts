import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HistoryBroken, OperationalFailure } from '../../application/failures.ts';
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
    /** Called with every problem that is sent. */
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
  server.server.on('checkExpectation', (_request, response) => {
    const problem: Problem = { code: 'expectation-refused' };
    const body = problemDocument(problem);
    const headers = { ...problemHeaders(problem), 'content-length': Buffer.byteLength(body) };
    response.writeHead(statusOf(problem), headers).end(body);
  });
}

const whatIsAsked = (request: FastifyRequest) => `${request.method} ${routeOf(request)}`;

/** The route's pattern, never the URL: that may hold what must not be logged. */
export const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? null;

/** Answers an error that occurred before a request reached a route. */
export function answerFrameworkError(error: FastifyError, _request: unknown, reply: FastifyReply): void {
  sendProblem(reply, problemOf(error));
}

/** @param error the message goes out only when it is one of ours. */
export function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof RequestRefused) return error.problem;
  if (error instanceof HistoryBroken)
    return { code: error.code, detail: 'Nothing was done, and sending again does not help: an operator has to look.' };
  if (error instanceof OperationalFailure && isProblemCode(error.code))
    return {
      code: error.code,
      ...(error.retryable ? { detail: 'Sent again under the same idempotency key, nothing is doubled.' } : {}),
    };
  return problemOfStatus('statusCode' in error ? error.statusCode : undefined);
}
