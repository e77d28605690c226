import type { Duplex } from 'node:stream';
import { type ConfirmChannel, connect } from 'amqplib';
import type { Clock } from '../../application/ports/clock.ts';
import { within } from '../../application/within.ts';
import type { Broker } from './broker.ts';

const CONNECT_DEADLINE_MS = 5_000;
const CLOSE_DEADLINE_MS = 2_000;

/** One connection with one channel. They live and die together: whatever is lost, both are opened again. */
export interface Session {
  readonly channel: ConfirmChannel;
  /** Resolves with the reason once nothing can be sent or received here any more. Never rejects. */
  readonly lost: Promise<Error>;
  isOpen(): boolean;
  /** Why the broker takes no publications currently, in its own words; `null` when it does. */
  blocked(): string | null;
  /** Resolves once publishing is neither blocked nor ahead of the connection. @throws when the session is lost. */
  writable(): Promise<void>;
  /** Says that `publish` answered `false`. */
  congested(): void;
  /** Gives the connection up at once, as if the network had. */
  abandon(reason: Error): void;
  /** Ends it in good order: what was sent before, acknowledgements too, arrives. */
  close(): Promise<void>;
}

/** @throws the driver's errors. */
export async function openSession(
  { endpoint }: Broker,
  { purpose, clock }: { readonly purpose: string; readonly clock: Clock },
): Promise<Session> {
  const connection = await connect(endpoint, {
    noDelay: true,
    keepAlive: true,
    timeout: CONNECT_DEADLINE_MS,
    clientProperties: { connection_name: `eventops ${purpose}` },
  });
  // amqplib's own `close` waits for the broker, and leaves the socket to it; only the socket's end is certain.
  const { stream } = connection.connection as unknown as { readonly stream: Duplex };
  writeTogether(stream);
  const lost = Promise.withResolvers<Error>();
  let isOpen = true;
  let isClosing = false;
  let reason: Error | null = null;
  let blocked: { readonly why: string; readonly over: PromiseWithResolvers<void> } | null = null;
  let congestion: PromiseWithResolvers<void> | null = null;

  const abandon = (why: Error) => {
    reason ??= why;
    isOpen = false;
    stream.destroy(why);
    lost.resolve(reason);
  };
  connection.on('error', (error) => {
    reason ??= error;
  });
  connection.on('close', (error) => abandon(error ?? new Error('the connection was closed')));
  connection.on('blocked', (why) => {
    blocked = { why, over: blocked?.over ?? Promise.withResolvers() };
  });
  connection.on('unblocked', () => {
    blocked?.over.resolve();
    blocked = null;
  });

  const channel = await within(clock, CONNECT_DEADLINE_MS, connection.createConfirmChannel()).catch((error) => {
    abandon(error);
    throw error;
  });
  channel.on('error', (error) => {
    reason ??= error;
  });
  channel.on('close', () => {
    isOpen = false;
    // Later in the same turn, when a connection that took the channel along has said why.
    if (!isClosing) queueMicrotask(() => abandon(new Error('the channel was closed')));
  });
  channel.on('drain', () => {
    congestion?.resolve();
    congestion = null;
  });

  return {
    channel,
    lost: lost.promise,
    isOpen: () => isOpen,
    blocked: () => blocked?.why ?? null,
    writable: async () => {
      for (let gate = blocked?.over ?? congestion; gate && isOpen; gate = blocked?.over ?? congestion)
        await Promise.race([gate.promise, lost.promise]);
      if (!isOpen) throw await lost.promise;
    },
    congested: () => {
      congestion ??= Promise.withResolvers();
    },
    abandon,
    close: async () => {
      // A broker that has stopped reading would not hear of it.
      if (isOpen && blocked === null) {
        isClosing = true;
        isOpen = false;
        // First the channel, because its frames queue behind one another; the connection's own overtake them.
        const farewell = channel.close().then(() => connection.close());
        await within(clock, CLOSE_DEADLINE_MS, farewell).catch(() => {});
      }
      abandon(new Error('closed by ourselves'));
    },
  };
}

/**
 * amqplib writes each frame by itself, and a system call for each was a fifth of the dispatcher's time under load. What
 * is written in one turn goes to the socket as one.
 */
function writeTogether(stream: Duplex): void {
  const write: Duplex['write'] = stream.write.bind(stream);
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    stream.uncork();
  };
  // amqplib gives a buffer and nothing else.
  stream.write = (frame: unknown) => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      process.nextTick(uncork);
    }
    return write(frame);
  };
}
