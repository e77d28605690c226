import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Caller, OutgoingCall } from '../application/outgoing-call.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Random } from '../application/ports/random.ts';
import { traceparentForm } from '../application/trace-context.ts';

type Begun = Pick<OutgoingCall, 'spanId' | 'method' | 'scheme' | 'host' | 'port' | 'startedAt'>;

/** What Node's fetch and undici say of themselves: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel. */
interface FetchRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly headers: string | readonly string[];
  addHeader(name: string, value: string): void;
}

/**
 * Follows the requests of `fetch`, undici, `node:http` and `node:https`: each carries the trace on, unless it carries one
 * already. For as long as the process lives; requests of none that `caller` knows are left alone.
 */
export function followOutgoingCalls(
  caller: () => Caller | undefined,
  { clock, random }: { readonly clock: Pick<Clock, 'now'>; readonly random: Pick<Random, 'uuid'> },
): void {
  const begun = new WeakMap<object, { readonly caller: Caller; readonly call: Begun }>();

  const begin = (request: object, method: string, url: URL | null): string | null => {
    const who = caller();
    if (who === undefined || url === null || !traceparentForm.test(who.traceparent)) return null;
    const { protocol, hostname: host, port } = url;
    const place = { scheme: protocol.slice(0, -1), host, port: port === '' ? null : Number(port) };
    const spanId = random.uuid().replaceAll('-', '').slice(16);
    begun.set(request, { caller: who, call: { spanId, method, ...place, startedAt: clock.now() } });
    return `${who.traceparent.slice(0, 36)}${spanId}${who.traceparent.slice(52)}`;
  };
  const end = (request: object, status: number | null, error: string | null) => {
    const known = begun.get(request);
    if (known === undefined) return;
    begun.delete(request);
    known.caller.called({ ...known.call, endedAt: clock.now(), status, error });
  };

  follow('undici:request:create', ({ request }: { request: FetchRequest }) => {
    const traceparent = begin(request, request.method, URL.parse(String(request.origin)));
    if (traceparent !== null && !hasTraceparent(request.headers)) request.addHeader('traceparent', traceparent);
  });
  follow('undici:request:headers', (message: { request: FetchRequest; response: { statusCode: number } }) =>
    end(message.request, message.response.statusCode, null),
  );
  follow('undici:request:error', ({ request, error }: { request: FetchRequest; error: Error }) =>
    end(request, null, codeOf(error)),
  );
  follow('http.client.request.created', ({ request }: { request: ClientRequest }) => {
    const url = URL.parse(`${request.protocol}//${String(request.getHeader('host') ?? request.host)}`);
    const traceparent = begin(request, request.method, url);
    if (traceparent !== null && !request.headersSent && !request.hasHeader('traceparent'))
      request.setHeader('traceparent', traceparent);
  });
  follow('http.client.response.finish', (message: { request: ClientRequest; response: IncomingMessage }) =>
    end(message.request, message.response.statusCode ?? null, null),
  );
  follow('http.client.request.error', ({ request, error }: { request: ClientRequest; error: Error }) =>
    end(request, null, codeOf(error)),
  );
}

/** A message that is not what it was is no reason for a request to fail. */
function follow(channel: string, take: (message: never) => void): void {
  subscribe(channel, (message) => {
    try {
      take(message as never);
    } catch {
      // The request goes on without being followed.
    }
  });
}

/** In pairs of names and values, or as lines. */
const hasTraceparent = (headers: FetchRequest['headers']) =>
  typeof headers === 'string'
    ? /^traceparent:/im.test(headers)
    : headers.some((each, index) => index % 2 === 0 && each.toLowerCase() === 'traceparent');

const codeOf = (error: Error & { readonly code?: unknown }) =>
  typeof error.code === 'string' ? error.code : error.name;
