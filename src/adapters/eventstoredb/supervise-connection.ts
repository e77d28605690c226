import { createBackoff } from '../../application/backoff.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Random } from '../../application/ports/random.ts';
import { isOfConnection, leaderNamedBy } from './classify.ts';
import type { Connect, Connection } from './connection.ts';
import { explain } from './explain.ts';
import { openConnection } from './open-connection.ts';
import type { Address, EndPoint } from './parse-address.ts';

/** Of connections and subscriptions. */
export const RECONNECT = { firstMs: 100, longestMs: 5_000 };

export interface Surroundings {
  readonly address: Address;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** A connection that is opened again, with backoff and without limit, whenever it is lost. The client itself retries nothing. */
export interface SupervisedConnection {
  /** The connection in use; `null` while there is none. */
  current(): Connection | null;
  /** The connection in use, or the one that the attempt under way leads to. @throws when that fails or the last one did. */
  settled(): Promise<Connection>;
  /** How many connections were lost. */
  losses(): number;
  /** The last attempt to connect failed: there is no use in waiting. */
  isAway(): boolean;
  /** What keeps us from the server, in words for an operator; `null` when nothing does. */
  unhealthyReason(): string | null;
  /** Calls were not answered in time, and none was. Gives the connection up. */
  unresponsive(connection: Connection): void;
  /** A call failed. Gives the connection up where it may be at fault. */
  failed(connection: Connection, error: unknown): void;
  close(): void;
}

/** @param onChange called after every change: connected, lost, or another attempt failed. */
export function superviseConnection(surroundings: Surroundings, onChange: () => void): SupervisedConnection {
  const { address, clock, random, logger } = surroundings;
  const closed = new AbortController();
  let inUse: { readonly connection: Connection; readonly lost: PromiseWithResolvers<never> } | null = null;
  let attempt = Promise.withResolvers<void>();
  let isAway = false;
  let losses = 0;
  let unhealthyReason: string | null = `EventStoreDB at ${address.label}: not connected yet`;

  const settle = (outcome: { readonly isAway: boolean; readonly unhealthyReason: string | null }) => {
    ({ isAway, unhealthyReason } = outcome);
    attempt.resolve();
    attempt = Promise.withResolvers();
    onChange();
  };

  const connect = async (leader: EndPoint | null) => {
    const { connection, serverVersion } = await openConnection(surroundings, leader, closed.signal);
    if (closed.signal.aborted) {
      connection.close();
      throw new Error('closed');
    }
    logger.info({ log: address.label, serverVersion }, 'connected to EventStoreDB');
    const lost = Promise.withResolvers<never>();
    inUse = { connection, lost };
    settle({ isAway: false, unhealthyReason: null });
    return { lost: lost.promise };
  };

  /** At once: nothing more is sent on it. */
  const lose = (connection: Connection, error: unknown) => {
    if (inUse?.connection !== connection) return;
    const { lost } = inUse;
    inUse = null;
    losses++;
    connection.close();
    lost.reject(error);
  };

  /** Says it once, not at each of the attempts that fail in the same way. */
  const report = (error: unknown, retryInMs: number) => {
    const found = explain(error, address);
    if (found !== unhealthyReason) logger.warn({ log: address.label, retryInMs }, found);
    return found;
  };

  const run = async () => {
    const backoff = createBackoff(RECONNECT, random);
    let leader: EndPoint | null = null;
    while (!closed.signal.aborted) {
      let wasConnected = false;
      try {
        const { lost } = await connect(leader);
        wasConnected = true;
        backoff.reset();
        await lost;
      } catch (error) {
        if (closed.signal.aborted) return;
        leader = leaderNamedBy(error);
        const retryInMs = backoff.next();
        // A connection that was just lost may be back at once: what comes meanwhile waits for the next attempt.
        settle({ isAway: !wasConnected, unhealthyReason: report(error, retryInMs) });
        await clock.sleep(retryInMs, closed.signal);
      }
    }
  };
  void run();

  return {
    current: () => inUse?.connection ?? null,
    losses: () => losses,
    isAway: () => isAway,
    unhealthyReason: () => unhealthyReason,
    settled: async () => {
      while (inUse === null && !isAway && !closed.signal.aborted) await attempt.promise;
      if (inUse === null) throw new NotConnected(unhealthyReason ?? 'closed');
      return inUse.connection;
    },
    unresponsive: (connection) => lose(connection, new Error('calls timed out, and none was answered')),
    failed: (connection, error) => {
      if (isOfConnection(error)) lose(connection, error);
    },
    close: () => {
      closed.abort();
      if (inUse) lose(inUse.connection, new Error('closed'));
      settle({ isAway: true, unhealthyReason: 'the log is closed' });
    },
  };
}

export class NotConnected extends Error {
  override readonly name = 'NotConnected';
}
