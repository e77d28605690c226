import type { ServerInterceptor } from '@grpc/grpc-js';
import { grpc } from '../stubs.ts';

/** As on a real server. */
const CALLS_PER_CONNECTION = 100;

interface Connection {
  running: number;
  readonly waiting: Set<() => void>;
}

/**
 * Lets a connection have so many calls at a time; one more waits silently for another to end. HTTP/2 has a
 * setting for it, but Node refuses a call with an error when it comes together with the cancellation of the one before.
 */
export function limitCalls(): ServerInterceptor {
  const connections = new Map<string, Connection>();

  /** @returns what to call when the call has ended, begun or not. */
  function take(peer: string, begin: () => void): () => void {
    const connection = connections.get(peer) ?? { running: 0, waiting: new Set() };
    connections.set(peer, connection);
    if (connection.running >= CALLS_PER_CONNECTION) connection.waiting.add(begin);
    else {
      connection.running += 1;
      begin();
    }
    return () => {
      if (connection.waiting.delete(begin)) return;
      const [next] = connection.waiting;
      if (next) {
        connection.waiting.delete(next);
        next();
        return;
      }
      connection.running -= 1;
      if (connection.running === 0) connections.delete(peer);
    };
  }

  return (_method, call) => {
    let giveBack = () => {};
    const listener = new grpc.ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        giveBack = take(call.getPeer(), () => next(metadata));
      })
      // Comes at the end of every call, cancelled or not.
      .withOnCancel(() => giveBack())
      .build();
    return new grpc.ServerInterceptingCall(call, { start: (next) => next(listener) });
  };
}
