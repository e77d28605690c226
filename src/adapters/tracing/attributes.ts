/**
 * Every name that a span of ours bears. Those for messaging are still in development, so the version is pinned: whoever
 * reads the spans translates by it (https://opentelemetry.io/docs/specs/otel/schemas/).
 */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.40.0';

export const scopeName = 'eventops';

/** https://opentelemetry.io/docs/specs/semconv/: of HTTP, messaging, databases, and of all. */
export const standard = {
  errorType: 'error.type',
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',
  urlScheme: 'url.scheme',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  messagingSystem: 'messaging.system',
  messagingDestination: 'messaging.destination.name',
  messagingOperation: 'messaging.operation.name',
  messagingOperationType: 'messaging.operation.type',
  messagingMessageId: 'messaging.message.id',
  messagingBatchSize: 'messaging.batch.message_count',
  dbSystem: 'db.system.name',
  dbOperation: 'db.operation.name',
  dbCollection: 'db.collection.name',
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  serviceInstance: 'service.instance.id',
} as const;

/** Of no convention. */
export const own = {
  eventId: 'eventops.event.id',
  eventType: 'eventops.event.type',
  generation: 'eventops.generation',
  attempt: 'eventops.attempt',
  /** How an attempt ended: one of {@link AttemptOutcome}. */
  attemptOutcome: 'eventops.attempt.outcome',
  failureFingerprint: 'eventops.failure.fingerprint',
  nextAttemptAt: 'eventops.next_attempt_at',
  handler: 'eventops.handler',
  stream: 'eventops.stream',
  transitions: 'eventops.transitions',
  revision: 'eventops.revision',
  appendOutcome: 'eventops.append.outcome',
  projection: 'eventops.projection',
  batchTransitions: 'eventops.batch.transitions',
  link: 'eventops.link',
  roles: 'eventops.roles',
} as const;

/**
 * `retried`: failed, and its next attempt is scheduled. `dead-lettered`: failed, and nothing follows by itself.
 * `interrupted`: ended by something else than its handler. `unrecorded`: the log did not take how it ended.
 * `not-claimed`: it was over, another worker's or not due yet.
 */
export type AttemptOutcome = 'succeeded' | 'retried' | 'dead-lettered' | 'interrupted' | 'unrecorded' | 'not-claimed';

/** Why a span is linked to another. `cause`: the request that the attempt follows from. */
export type LinkKind = 'cause' | 'ingest' | 'previous-attempt';
