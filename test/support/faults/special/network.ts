import { connect, createServer, type Socket } from 'node:net';

/** The network between us and one server, in which anything may happen. */
export interface Network {
  /** Where the server seems to be. */
  readonly port: number;
  /**
   * From now on nothing passes, in either direction, of old connections or new: no byte, and no news of an end. Either
   * side may close its end, and the other does not hear of it.
   */
  swallow(): void;
  /** Passes on what came meanwhile, and the news of ends. */
  heal(): void;
  /** Ends every connection, on both sides. */
  cut(): void;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

export async function startNetwork(serverPort: number): Promise<Network> {
  const open = new Set<Link>();
  let swallows = false;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const link = new Link(client, serverPort, () => open.delete(link));
    open.add(link);
    if (!swallows) link.pass();
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const cut = () => {
    for (const link of open) link.cut();
  };
  return {
    port,
    swallow: () => {
      swallows = true;
      for (const link of open) link.swallow();
    },
    heal: () => {
      swallows = false;
      for (const link of open) link.pass();
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

/** One connection: two sockets, each of which may be dead without the other's knowledge. */
class Link {
  readonly #client: Socket;
  readonly #serverPort: number;
  readonly #over: () => void;
  /** None while the first packet has not reached the server. */
  #server: Socket | null = null;
  #passes = false;

  constructor(client: Socket, serverPort: number, over: () => void) {
    this.#client = client;
    this.#serverPort = serverPort;
    this.#over = over;
    this.#watch(client);
  }

  pass(): void {
    this.#passes = true;
    if (this.#server === null) {
      this.#server = connect({ host: LOOPBACK, port: this.#serverPort, noDelay: true, allowHalfOpen: true });
      this.#watch(this.#server);
    }
    if (this.#client.destroyed || this.#server.destroyed) return this.cut();
    this.#client.pipe(this.#server);
    this.#server.pipe(this.#client);
  }

  swallow(): void {
    this.#passes = false;
    this.#client.unpipe();
    this.#server?.unpipe();
  }

  cut(): void {
    this.#client.destroy();
    this.#server?.destroy();
    this.#over();
  }

  #watch(socket: Socket): void {
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#passes) this.cut();
    });
  }
}
