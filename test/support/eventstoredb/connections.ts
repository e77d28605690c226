import { createServer, type Socket } from 'node:net';
import type { ConnectionInjector } from '@grpc/grpc-js';
import { listenOnLoopback } from './listen-on-loopback.ts';

/**
 * The listening socket and every connection, kept outside the gRPC server so that they can be cut and silenced beneath
 * it.
 */
export class Connections {
  readonly #injector: ConnectionInjector;
  readonly #isSecure: boolean;
  readonly #listener = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#accept(socket));
  readonly #open = new Set<Socket>();
  readonly #waiting = new Set<Socket>();
  #isBlackHole = false;

  constructor(injector: ConnectionInjector, { isSecure }: { readonly isSecure: boolean }) {
    this.#injector = injector;
    this.#isSecure = isSecure;
  }

  /** @returns the port. @throws where it is taken. */
  listen(port: number): Promise<number> {
    return listenOnLoopback(this.#listener, port);
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#waiting.delete(socket);
    });
    // A client that goes away is no error of the server's.
    socket.on('error', () => {});
    if (this.#isBlackHole) this.#waiting.add(socket);
    else this.#hand(socket);
  }

  #hand(socket: Socket): void {
    this.#injector.injectConnection(socket);
    // TLS begins to read by itself, and ends the connection where somebody else has begun.
    if (!this.#isSecure) setReading(socket, true);
  }

  /** The connections there are fall silent, and those to come. Afterwards all go on where they were. */
  setBlackHole(on: boolean): void {
    this.#isBlackHole = on;
    for (const socket of this.#open) if (!this.#waiting.has(socket)) setReading(socket, !on);
    if (on) return;
    for (const socket of this.#waiting) this.#hand(socket);
    this.#waiting.clear();
  }

  /** @returns how many there were. */
  drop(): number {
    const count = this.#open.size;
    for (const socket of this.#open) socket.destroy();
    return count;
  }

  /** No new connections; those there are are cut. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    this.drop();
    await closed;
  }
}

/**
 * HTTP/2 sessions take the socket's handle for themselves and answer pings without asking anyone, so that the handle is
 * the only place where a connection can be silenced. It is not part of Node's documented interface; a test of the black
 * hole tells when it changes.
 */
function setReading(socket: Socket, on: boolean): void {
  const { _handle: handle } = socket as unknown as { _handle?: { readStart(): void; readStop(): void } | null };
  if (on) handle?.readStart();
  else handle?.readStop();
}
