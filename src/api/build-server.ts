import { type FastifyInstance, fastify } from 'fastify';
import { createRepeatingReport } from '../application/repeating-report.ts';
import { createAdmission } from './admission.ts';
import type { ApiDependencies } from './dependencies.ts';
import { createEventWaits } from './event-waits.ts';
import { defaultLimits } from './limits.ts';
import { permissionsOfRoles } from './permissions.ts';
import { addAccess } from './plugins/access.ts';
import { addAnswerDeadlines } from './plugins/answer-deadlines.ts';
import { addBodyProgress } from './plugins/body-progress.ts';
import { addBodyReading } from './plugins/body-reading.ts';
import { createClientErrors } from './plugins/client-errors.ts';
import { addClosing } from './plugins/closing.ts';
import { addConnectionCap } from './plugins/connection-cap.ts';
import { addMissingRoutes } from './plugins/missing-routes.ts';
import { addPatience } from './plugins/patience.ts';
import { addProblems, answerFrameworkError } from './plugins/problems.ts';
import { addRequestContext, requestIdFrom } from './plugins/request-context.ts';
import { addRoom } from './plugins/room.ts';
import { addDiscardDeadLetter } from './routes/dead-letters/discard-dead-letter.ts';
import { addGetEvent } from './routes/events/get-event.ts';
import { addGetHistory } from './routes/events/get-history.ts';
import { addIngestBatch } from './routes/events/ingest-batch.ts';
import { addIngestEvent } from './routes/events/ingest-event.ts';
import { addListDeadLetters, addListEvents } from './routes/events/list-events.ts';
import { addReplayEvent } from './routes/events/replay-event.ts';
import { addHealth, addReadiness } from './routes/health/health.ts';

/**
 * The HTTP API, ready to listen. `close` answers what is under way, ends long polls at once, and refuses what comes
 * after.
 * @throws (from `ready` or `listen`) when a route does not say who may use it.
 */
export function buildServer(dependencies: ApiDependencies): FastifyInstance {
  const limits = { ...defaultLimits, ...dependencies.limits };
  const given = {
    ...dependencies,
    limits,
    permissionsOfRoles: dependencies.permissionsOfRoles ?? permissionsOfRoles(),
  };
  const { authenticator, random, clock, log, logger } = dependencies;
  const clientErrors = createClientErrors(limits.passingOverMs);
  const server = fastify({
    // Fastify's logger makes a child for each request; only failures are worth a line, and they log themselves.
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requestIdHeader: false,
    genReqId: requestIdFrom(random),
    return503OnClosing: false,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.connectionsCheckingIntervalMs,
      requireHostHeader: false,
    },
    // What is no id is answered like an unknown one, also when it is very long.
    routerOptions: { maxParamLength: limits.urlCharacters },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: clientErrors.answer,
  });
  clientErrors.watch(server.server);
  const { countProblem = () => {} } = dependencies;
  addProblems(server, { report: createRepeatingReport({ logger, clock }), countProblem });
  addRequestContext(server, limits);
  addConnectionCap(server, limits);
  addClosing(server, clock, limits);
  addMissingRoutes(server);
  addBodyReading(server, limits);
  addBodyProgress(server, clock, limits);
  addAccess(server, authenticator, given.permissionsOfRoles);
  addRoom(server, createAdmission(limits, clock), limits);
  addPatience(server, clock, limits);
  addAnswerDeadlines(server, clock, limits);

  const waits = createEventWaits({ log, clock, logger, limit: limits.waiters });
  server.addHook('preClose', async () => waits.close());

  addHealth(server);
  addReadiness(server, given);
  addIngestEvent(server, given);
  addIngestBatch(server, given);
  addListEvents(server, given);
  addGetEvent(server, given, waits);
  addGetHistory(server, given);
  addReplayEvent(server, given);
  addListDeadLetters(server, given);
  addDiscardDeadLetter(server, given);
  return server;
}
