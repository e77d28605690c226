import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WitnessStore } from '../../application/ports/witness-store.ts';
import type { Witness } from '../../application/witnessing/witness.ts';

/** A checkpoint with some signatures and the longest proof has less. */
const MOST_BODY_BYTES = 64 * 1024;
const CONNECTIONS = 128;

interface WitnessServerOptions {
  readonly witness: Witness;
  readonly store: Pick<WitnessStore, 'latestByHash'>;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
  readonly allow?: string;
}

/** C2SP tlog-witness over HTTP, both prefixes empty. Resolves once it listens. */
export async function listenAsWitness({ witness, store, host, port }: WitnessServerOptions) {
  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const { method, url = '' } = request;
    if (url === '/add-checkpoint') {
      if (method !== 'POST') return { status: 405, body: 'POST it.\n', allow: 'POST' };
      const text = await bodyOf(request);
      if (text === null) return { status: 413, body: `A request has at most ${MOST_BODY_BYTES} bytes.\n` };
      return witness.addCheckpoint(text);
    }
    const originHash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(url)?.[1];
    if (originHash === undefined)
      return { status: 404, body: 'There is /add-checkpoint, and /<SHA-256 of an origin in hex>/checkpoint.\n' };
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'GET it.\n', allow: 'GET, HEAD' };
    const latest = store.latestByHash(originHash);
    return latest === null
      ? { status: 404, body: 'Nothing of this log was cosigned.\n' }
      : { status: 200, body: latest.note };
  }

  const server = createServer({ headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 72_000 });
  server.maxConnections = CONNECTIONS;
  server.on('request', (request, response) => {
    void answerTo(request)
      // Nothing was answered, so nothing was promised; what was stored is found again.
      .catch((): Answer => ({ status: 500, body: 'It failed here. Send it again.\n' }))
      .then((answer) => send(response, answer));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function send(response: ServerResponse, { status, type = 'text/plain; charset=utf-8', body, allow }: Answer): void {
  response
    .writeHead(status, {
      ...{ 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
      ...(allow === undefined ? {} : { allow }),
      // The rest of a body that was too long is not waited for.
      ...(status === 413 ? { connection: 'close' } : {}),
    })
    .end(body);
}

/** `null` when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BODY_BYTES) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
