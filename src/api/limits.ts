/** What the API takes at most. Beyond each: a problem document, and nothing is appended. */
export const defaultLimits = {
  /** One event, or an operator's request. */
  bodyBytes: 256 * 1024,
  batchBodyBytes: 8 * 1024 * 1024,
  batchItems: 1_000,
  /** Request line included. */
  headerBytes: 16 * 1024,
  urlCharacters: 8 * 1024,
  /** Long polls at one time. */
  waiters: 1_000,
  longestWaitMs: 60_000,
  listItems: 200,
  /** A readiness check that has not answered by then counts as trouble. */
  readinessMs: 2_000,
  /** What is under way when the server closes is cut off after that. */
  closingMs: 5_000,
  /** Both must be set, and the checking interval lowered: Fastify's `requestTimeout` alone never ends a slow body. */
  headersTimeoutMs: 2_000,
  requestTimeoutMs: 10_000,
  connectionsCheckingIntervalMs: 500,
  /** Longer than the 60 s of the usual load balancers, so that they close first and never meet a closed connection. */
  keepAliveTimeoutMs: 72_000,
} as const;

export type Limits = { readonly [Name in keyof typeof defaultLimits]: number };
