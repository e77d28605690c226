import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Problem, problemDocument, problemHeaders, statusOf } from '../problem-details.ts';

type ParserError = Error & { readonly code?: string };
interface Exchange {
  readonly request: IncomingMessage;
  readonly answered: Promise<void>;
}

/**
 * Answers to what Node's parser gives up on, which never reaches a route: written to the socket by hand, and the end of
 * the connection. Requests that came before on the same connection are answered before.
 * @param passingOverMs how much longer than other requests the rest of a body may take that was refused
 */
export function createClientErrors(passingOverMs: number) {
  const exchanges = new WeakMap<Socket, Set<Exchange>>();
  const refused = new WeakSet<Socket>();
  /** The last request of a connection that was answered before all of it had come. */
  const answeredEarly = new WeakMap<Socket, IncomingMessage>();
  return {
    /** Has to see every request. */
    watch(server: Server): void {
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        const under = exchanges.get(request.socket) ?? new Set();
        exchanges.set(request.socket, under);
        const answered = new Promise<void>((resolve) => response.once('close', resolve));
        const exchange = { request, answered };
        under.add(exchange);
        void answered.then(() => {
          under.delete(exchange);
          if (!request.complete) answeredEarly.set(request.socket, request);
        });
      });
    },
    answer(error: ParserError, socket: Socket): void {
      if (error.code === 'ECONNRESET' || socket.destroyed || refused.has(socket)) return;
      // What is late may be the rest of a body that was refused: that answer stands, and the client may have sent its next
      // request right behind it.
      const early = answeredEarly.get(socket);
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && early?.complete === false)
        return letPassOver(early, passingOverMs);
      refused.add(socket);
      // One whose body was still on its way is the one that is given up.
      const before = [...(exchanges.get(socket) ?? [])].filter(({ request }) => request.complete);
      if (before.length === 0) refuse(error, socket);
      else void Promise.all(before.map(({ answered }) => answered)).then(() => refuse(error, socket));
    },
  };
}

function letPassOver(request: IncomingMessage, passingOverMs: number): void {
  const { socket } = request;
  const timer = setTimeout(() => {
    if (!request.complete) socket.destroy();
  }, passingOverMs);
  socket.once('close', () => clearTimeout(timer));
}

function refuse(error: ParserError, socket: Socket): void {
  if (socket.destroyed) return;
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
