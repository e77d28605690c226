import type { Checkpoint, EventReader, SubscriptionMessage } from '../../application/ports/event-log.ts';
import type { LentConnections } from '../../projections/rebuild/lend-connections.ts';
import { type CarriedMessage, carriedMessage, carriedTransitions } from './carried-transitions.ts';
import type { Calls } from './messages.ts';

export interface Served {
  readonly log: Pick<EventReader, 'subscribeAll' | 'readPages'>;
  readonly connections: LentConnections;
  readonly signal: AbortSignal;
}

interface ServedCalls extends Calls, Pick<LentConnections, 'giveBack'> {
  /** Once the thread is gone. */
  end(): Promise<void>;
}

/** What the process does for the thread. The next message is read while the thread is busy with the one before. */
export function servedCalls({ log, connections, signal }: Served): ServedCalls {
  let messages: AsyncIterator<SubscriptionMessage, unknown, undefined> | null = null;
  let ahead: Promise<CarriedMessage> | null = null;

  async function read(): Promise<CarriedMessage> {
    const { done, value } = (await messages?.next()) ?? { done: true };
    return done === true ? { kind: 'ended' } : carriedMessage(value);
  }
  function readAhead(): Promise<CarriedMessage> {
    const message = read();
    // Who asks for it hears of it.
    message.catch(() => {});
    return message;
  }

  return {
    borrow: connections.borrow,
    query: connections.query,
    giveBack: connections.giveBack,
    async subscribe(from, streamPrefixes, maxBatch) {
      const options = { ...(streamPrefixes && { streamPrefixes }), ...(maxBatch && { maxBatch }), signal };
      messages = log.subscribeAll(from as Checkpoint | null, options)[Symbol.asyncIterator]();
    },
    async next() {
      const message = await (ahead ?? readAhead());
      ahead = message.kind === 'transitions' || message.kind === 'checkpoint' ? readAhead() : null;
      return message;
    },
    async first(stream) {
      for await (const [first] of log.readPages(stream)) return first === undefined ? [] : carriedTransitions([first]);
      return [];
    },
    async end() {
      // First, because others may wait for a connection. What was filled is filled, however the subscription ends.
      await connections.takeBack();
      await Promise.resolve(messages?.return?.()).catch(() => {});
    },
  };
}
