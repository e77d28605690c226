import { connect, createServer, type Socket } from 'node:net';

/** Stands between us and a server that we cannot harm: what happens to a network can be done here. */
export interface Proxy {
  readonly port: number;
  /** Takes everything, old connections and new, and passes nothing on. */
  fallSilent(): void;
  /** What came meanwhile is passed on. */
  speak(): void;
  /** How many connections there are. */
  connections(): number;
  /** Resolves once so many were made since the start. */
  made(count: number): Promise<void>;
  /** Cuts every connection. */
  drop(): void;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

export async function startProxy(to: { readonly address: string; readonly port: number }): Promise<Proxy> {
  const peers = new Map<Socket, Socket>();
  let isSilent = false;
  const keep = (socket: Socket, peer: Socket) => {
    peers.set(socket, peer);
    if (!isSilent) socket.pipe(peer);
    socket.on('error', () => {});
    socket.on('close', () => {
      peers.delete(socket);
      peer.destroy();
    });
  };
  const made = { count: 0, next: Promise.withResolvers<void>() };
  const server = createServer({ noDelay: true }, (client) => {
    made.count++;
    made.next.resolve();
    made.next = Promise.withResolvers();
    const upstream = connect({ host: to.address, port: to.port, noDelay: true });
    keep(client, upstream);
    keep(upstream, client);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const drop = () => {
    for (const socket of peers.keys()) socket.destroy();
  };
  return {
    port,
    fallSilent: () => {
      isSilent = true;
      for (const socket of peers.keys()) socket.unpipe();
    },
    speak: () => {
      isSilent = false;
      for (const [socket, peer] of peers) socket.pipe(peer);
    },
    connections: () => peers.size / 2,
    made: async (count) => {
      while (made.count < count) await made.next.promise;
    },
    drop,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}
