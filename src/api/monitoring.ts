import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { capConnections } from './connections.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { createClientErrors } from './plugins/client-errors.ts';
import { namesHostTwice, securityHeaders } from './plugins/request-context.ts';
import { type Problem, problemDocument, problemHeaders, statusOf } from './problem-details.ts';

export interface MonitoringOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Whether the process does all of its work, and the answer's body. */
  readonly readiness: () => Promise<{ readonly isReady: boolean; readonly body: object }>;
  /** Other limits than the API's, of connections and times. */
  readonly limits?: Partial<Limits>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** For one scraper and one load balancer, and some more. */
const CONNECTIONS = 64;

/**
 * What the surroundings of a process ask, whatever its roles: `/metrics` in Prometheus' text format, `/healthz`,
 * `/readyz`. Without access control, so it belongs on a network of its own; guarded like the API against clients who
 * are slow, many or malformed. Resolves once it listens.
 */
export async function listenForMonitoring({ host, port, metrics, readiness, limits: others }: MonitoringOptions) {
  const few = { connections: CONNECTIONS, connectionsOfOneAddress: CONNECTIONS };
  const limits: Limits = { ...defaultLimits, ...few, ...others };
  const answers = new Map<string, () => Promise<Answer>>([
    [
      '/metrics',
      shared(async () => ({
        ...{ status: 200, headers: { 'content-type': metrics.contentType } },
        body: await metrics.text(),
      })),
    ],
    ['/healthz', async () => json(200, { status: 'ok' })],
    [
      '/readyz',
      async () => {
        const { isReady, body } = await readiness();
        return json(isReady ? 200 : 503, body);
      },
    ],
  ]);
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.connectionsCheckingIntervalMs,
    requireHostHeader: false,
  });
  const connections = capConnections(server, limits);
  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    if (connections.isSurplus(request.socket)) return refused({ code: 'too-many-connections' });
    if (namesHostTwice(request)) return refused({ code: 'malformed-request' });
    const answer = answers.get(request.url ?? '');
    if (answer === undefined) return refused({ code: 'not-found' });
    return request.method === 'GET' ? answer() : refused({ code: 'method-not-allowed' });
  };
  const clientErrors = createClientErrors(limits.passingOverMs);
  clientErrors.watch(server);
  server.on('clientError', clientErrors.answer);
  server.on('request', (request, response: ServerResponse) => {
    response.setTimeout(limits.stalledAnswerMs, () => response.destroy());
    void answerTo(request)
      .catch(() => refused({ code: 'internal-error' }))
      .then(({ status, headers, body }) => {
        if (connections.isSurplus(request.socket)) response.setHeader('connection', 'close');
        const allowed = status === 405 ? { allow: 'GET' } : {};
        response.writeHead(status, { ...securityHeaders, ...headers, ...allowed }).end(body);
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Requests that come while an answer is made get the same one. */
function shared(make: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<Answer> | null = null;
  return () => {
    underWay ??= make().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

const json = (status: number, body: object): Answer => ({
  ...{ status, headers: { 'content-type': 'application/json; charset=utf-8' } },
  body: JSON.stringify(body),
});

const refused = (problem: Problem): Answer => ({
  ...{ status: statusOf(problem), headers: problemHeaders(problem) },
  body: problemDocument(problem),
});
