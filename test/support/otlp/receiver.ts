import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { decodeTraces, type ReceivedSpan } from './decode-traces.ts';

export interface Exported {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came, without compression. */
  readonly body: Buffer;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly requests: readonly Exported[];
  /** Resolves once it holds of the spans that have come. */
  until(holds: (spans: readonly ReceivedSpan[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Takes what exporters send over HTTP, and reads what is protobuf. */
export async function startOtlpReceiver({ status = 200 } = {}): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: Exported[] = [];
  const waiting = new Set<() => void>();
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const sent = await buffer(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    if (request.headers['content-type'] === 'application/x-protobuf') spans.push(...decodeTraces(body));
    response.writeHead(status).end();
    for (const look of waiting) look();
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds(spans)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
