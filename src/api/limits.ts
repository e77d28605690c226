/** What the API takes at most. Beyond each: a problem document, and nothing is appended. */
export const defaultLimits = {
  /** One event, or an operator's request. */
  bodyBytes: 256 * 1024,
  batchBodyBytes: 8 * 1024 * 1024,
  batchItems: 1_000,
  /** Of a batch, in UTF-16 units of its text: so much is read in one turn of the event loop, and so much appended at once. */
  batchTurnBytes: 64 * 1024,
  batchSliceBytes: 1024 * 1024,
  /** Memory of all requests and answers in progress, and of one client's, by the estimates below. */
  bytesInHand: 192 * 1024 * 1024,
  bytesInHandOfOneClient: 96 * 1024 * 1024,
  /** What finds no room waits so long, if no more than so many wait; then it is refused. */
  requestsWaiting: 256,
  requestsWaitingOfOneClient: 128,
  waitForRoomMs: 1_000,
  /** What a request takes whatever its size, and for each byte of an event's body, a batch's, and an answer's. */
  memoryOfRequestBytes: 16 * 1024,
  memoryPerBodyByte: 8,
  memoryPerBatchByte: 5,
  memoryPerAnswerByte: 3,
  /** A body that does not say how long it is takes room for so much more at a time. */
  unannouncedBodyBytes: 64 * 1024,
  /** Histories that are read from the log at one time. */
  historiesInHand: 32,
  /** An answer that becomes longer, in UTF-16 units, is sent in pieces of that length while it is made. */
  answerPieceBytes: 64 * 1024,
  /** Request line included. */
  headerBytes: 16 * 1024,
  urlCharacters: 8 * 1024,
  /** Long polls at one time, and of one client, so that one leaves room for others. */
  waiters: 1_000,
  waitersOfOneClient: 250,
  /** Live streams at one time, and of one client. */
  liveStreams: 100,
  liveStreamsOfOneClient: 10,
  /** What waits for a reader, in bytes. One that leaves more unread is ended. */
  liveStreamBytes: 256 * 1024,
  /** Less than `stalledAnswerMs`, or a quiet stream is taken for one that is not read. */
  liveStreamHeartbeatMs: 5_000,
  /** Events of which it is remembered what they are. That of others is read from the log. */
  liveStreamEvents: 10_000,
  /** How long a request for a live stream waits for a log that does not answer. */
  liveStreamBeginMs: 10_000,
  /** Principals, and addresses, whose requests are counted. Of more, those that asked least are forgotten. */
  countedKeys: 10_000,
  /** What is later than that on average, at so many looks in a row, is too late to take requests. */
  latenessMs: 1_000,
  lateLooks: 2,
  lookEveryMs: 1_000,
  retryAfterLoadSeconds: 3,
  /** API keys that have neither expired nor been revoked. */
  liveApiKeys: 1_000,
  /** Of a list's page, in bytes of payload; one item always fits. */
  pageBytes: 1024 * 1024,
  /** What the parts said is believed for so long. */
  readinessFreshMs: 1_000,
  /** A readiness check that has not answered by then counts as not ready. */
  readinessMs: 2_000,
  /** What is under way when the server closes is cut off after that. */
  closingMs: 5_000,
  /**
   * Both must be set, and the checking interval lowered: Fastify's `requestTimeout` alone never ends a slow body. Node
   * counts from the connection on, whether or not it has read what came: less, and a server or client that is short of
   * a processor for seconds has honest requests refused.
   */
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  /** A body of which no more than this came in so long is given up. */
  bodyProgressMs: 7_500,
  bodyProgressBytes: 4 * 1024,
  connectionsCheckingIntervalMs: 500,
  /** The rest of a body that was refused may take so much longer: its client has been answered, and may not know yet. */
  passingOverMs: 30_000,
  /** In all and from one address; a long poll takes one. Fewer where the process may have few files open. */
  connections: 2_048,
  connectionsOfOneAddress: 1_024,
  /** Accepted beyond that, to be refused with an answer. */
  surplusConnections: 64,
  /** An answer of which the other side takes nothing for so long is given up, with its connection. */
  stalledAnswerMs: 10_000,
  /** So is one that is read more slowly, in UTF-16 units, and one that is made while it is sent and takes longer. */
  slowestBytesPerSecond: 32 * 1024,
  longestAnswerMs: 300_000,
  /** Refusals in a row after which a client who does not make the pause that it is asked for is made to. */
  refusalsWithoutDelay: 20,
  delayPerRefusalMs: 20,
  longestDelayMs: 1_000,
  longestRetryAfterSeconds: 30,
  /** A client who has not been refused for so long begins again. */
  refusalsForgottenAfterMs: 30_000,
  /** Clients who are remembered for their refusals. */
  refusedClients: 1_000,
  /** How long an answer waits until this process itself goes by what was just done to an API key. */
  apiKeyKnownMs: 2_000,
  /** Longer than the 60 s of the usual load balancers, so that they close first and never meet a closed connection. */
  keepAliveTimeoutMs: 72_000,
} as const;

/** What a request may ask for at most. The API's document says it, so it is the same everywhere. */
export const mostAskedFor = { listItems: 200, waitMs: 60_000, recentTransitions: 1_000 } as const;

export type Limits = { readonly [Name in keyof typeof defaultLimits]: number };

/** The memory for reading one event of the largest size and answering with it. */
export const memoryOfEvent = ({ memoryOfRequestBytes, bodyBytes, memoryPerAnswerByte }: Limits) =>
  memoryOfRequestBytes + bodyBytes * memoryPerAnswerByte;

/** The memory for a page of a list. */
export const memoryOfPage = ({ memoryOfRequestBytes, bodyBytes, pageBytes, memoryPerAnswerByte }: Limits) =>
  memoryOfRequestBytes + Math.max(bodyBytes, pageBytes) * memoryPerAnswerByte;
