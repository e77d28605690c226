import { createServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createConnect } from '../../../src/adapters/eventstoredb/connection.ts';
import { parseAddress } from '../../../src/adapters/eventstoredb/parse-address.ts';
import { readingStream } from '../../../src/adapters/eventstoredb/read-requests.ts';
import { revision } from '../../../src/application/ports/event-log.ts';

/** A server that knows nothing of EventStoreDB, and keeps what calls say about themselves. */
async function listen(): Promise<{ readonly url: string; readonly calls: IncomingHttpHeaders[] }> {
  const calls: IncomingHttpHeaders[] = [];
  const server = createServer();
  server.on('stream', (stream, headers) => {
    calls.push(headers);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `esdb://127.0.0.1:${(server.address() as AddressInfo).port}?tls=false&connectionName=api-1`, calls };
}

const ended = (call: { on(event: 'status', listener: () => void): unknown; resume?(): unknown }) =>
  new Promise<void>((resolve) => {
    call.on('status', () => resolve());
    call.resume?.();
  });

// H: the client's appends travel with the options of whichever came first.
it('H: every call asks for the leader and says who we are, without a password where TLS does not hide it', async () => {
  const { url, calls } = await listen();
  const withPassword = url.replace('esdb://', 'esdb://admin:changeit@');
  const connection = await createConnect(parseAddress(withPassword))(null);
  const append = connection.batchAppend();
  const appendEnded = ended(append);
  append.write(Buffer.alloc(0));
  await appendEnded;
  await ended(connection.read(readingStream('event-1', revision(0))));
  await ended(connection.batchAppend());
  await connection.serverVersion().catch(() => {});
  connection.close();

  expect(calls.map((headers) => String(headers[':path']).split('/').at(-1))).toEqual([
    'BatchAppend',
    'Read',
    'BatchAppend',
    'GetSupportedMethods',
  ]);
  for (const headers of calls)
    expect([headers['requires-leader'], headers['connection-name'], headers['authorization']]).toEqual([
      'true',
      'api-1',
      undefined,
    ]);
});
