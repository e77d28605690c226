import { type FastifyInstance, fastify } from 'fastify';
import { noteUses } from '../application/api-keys/note-uses.ts';
import { noTypes } from '../application/event-types/configured-types.ts';
import { noPauses } from '../application/event-types/type-pauses.ts';
import { createRepeatingReport } from '../application/repeating-report.ts';
import { localEmbeddings } from '../application/similar/local-embeddings.ts';
import { proxiesAmong } from './addresses.ts';
import { createAdmission } from './admission.ts';
import { takingApiKeys } from './api-keys/key-authenticator.ts';
import type { ApiDependencies } from './dependencies.ts';
import { createEventWaits } from './event-waits.ts';
import { defaultLimits } from './limits.ts';
import { createLiveStreams } from './live-stream/live-streams.ts';
import { permissionsOfRoles } from './permissions.ts';
import { addAccess } from './plugins/access.ts';
import { addAccessCounts } from './plugins/access-counts.ts';
import { addAnswerDeadlines } from './plugins/answer-deadlines.ts';
import { addAnsweredRequests } from './plugins/answered-requests.ts';
import { addBodyProgress } from './plugins/body-progress.ts';
import { addBodyReading } from './plugins/body-reading.ts';
import { createClientErrors } from './plugins/client-errors.ts';
import { addClosing } from './plugins/closing.ts';
import { addConnectionCap } from './plugins/connection-cap.ts';
import { addCrossOrigin } from './plugins/cross-origin.ts';
import { addLoadShedding } from './plugins/load-shedding.ts';
import { addMissingRoutes } from './plugins/missing-routes.ts';
import { addPatience } from './plugins/patience.ts';
import { addProblems, answerFrameworkError } from './plugins/problems.ts';
import { addRateLimits } from './plugins/rate-limits.ts';
import { addRequestContext, requestIdFrom } from './plugins/request-context.ts';
import { addRoom } from './plugins/room.ts';
import { addTracing } from './plugins/tracing.ts';
import { createReceiptWaits } from './receipt-waits.ts';
import { addRoute } from './route.ts';
import { routes } from './routes/routes.ts';

const noRateLimits = { requestsPerMinute: 0, actsPerMinute: 0 };

/**
 * The HTTP API, ready to listen. `close` answers what is under way, ends long polls at once, and refuses what comes
 * after.
 * @throws (from `ready` or `listen`) when a route was not made with `defineRoute`.
 */
export function buildServer(dependencies: ApiDependencies): FastifyInstance {
  const limits = { ...defaultLimits, ...dependencies.limits };
  const { permissionsOfRoles: ofRoles = permissionsOfRoles() } = dependencies;
  const { corsOrigins = [], trustProxy = [], rateLimits = noRateLimits, eventLoop } = dependencies;
  const isProxy = proxiesAmong(trustProxy);
  const { apiKeys, auditTree, random, clock, log, logger, keyUses } = dependencies;
  const notedUses = noteUses({ clock, store: keyUses });
  const authenticator = takingApiKeys(dependencies.authenticator, { apiKeys, uses: notedUses, clock });
  const clientErrors = createClientErrors(limits.passingOverMs);
  const server = fastify({
    // Fastify's logger makes a child for each request; only failures are worth a line, and they log themselves.
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requestIdHeader: false,
    trustProxy: trustProxy.length > 0 && isProxy,
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
  const { countProblem = () => {}, requestAnswered } = dependencies;
  if (requestAnswered !== undefined) addAnsweredRequests(server, requestAnswered);
  addProblems(server, { report: createRepeatingReport({ logger, clock }), countProblem });
  const { accessCounts = { count: () => {} } } = dependencies;
  addAccessCounts(server, { accessCounts, refusedReport: createRepeatingReport({ logger, clock }) });
  addTracing(server, dependencies.requestTraces);
  addRequestContext(server, limits);
  addCrossOrigin(server, corsOrigins);
  addConnectionCap(server, limits, isProxy);
  addClosing(server, clock, limits);
  addMissingRoutes(server);
  if (eventLoop !== undefined) addLoadShedding(server, eventLoop, { clock, limits });
  addRateLimits(server, rateLimits, { clock, limits });
  addBodyReading(server, limits);
  addBodyProgress(server, clock, limits);
  addAccess(server, authenticator, ofRoles);
  addRoom(server, createAdmission(limits, clock), limits);
  addPatience(server, clock, limits);
  addAnswerDeadlines(server, clock, limits);

  const waiters = { limit: limits.waiters, limitOfOneClient: limits.waitersOfOneClient };
  const waits = createEventWaits({ log, clock, logger, ...waiters });
  const receiptWaits = createReceiptWaits({ log, auditTree, clock, ...waiters });
  const liveStreams = createLiveStreams({ log, clock, logger, limits });
  server.addHook('preClose', async () => {
    waits.close();
    liveStreams.close();
    receiptWaits.close();
  });

  const given = {
    explains: true,
    configuredTypes: noTypes,
    pauses: noPauses,
    planMaxEvents: 100_000,
    console: null,
    embeddings: localEmbeddings,
    ...{
      ...dependencies,
      authenticator,
      limits,
      notedUses,
      permissionsOfRoles: ofRoles,
      waits,
      receiptWaits,
      liveStreams,
    },
  };
  for (const route of routes) addRoute(server, route, given);
  return server;
}
