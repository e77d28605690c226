import { createServer } from 'node:http';
import { freePort } from '../free-port.ts';

/** What a handler calls: a server that answers, until it is stopped. */
export interface Downstream {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function createDownstream(): Promise<Downstream> {
  const port = await freePort();
  let server = createServer();
  return {
    url: `http://127.0.0.1:${port}/`,
    start: async () => {
      server = createServer((_request, response) => void response.end('ok'));
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
