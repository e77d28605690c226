import type {
  Checkpoint,
  EventReader,
  RecordedTransition,
  SubscribeOptions,
  SubscriptionMessage,
} from '../../../src/application/ports/event-log.ts';

/** A subscription, one message at a time. */
export interface Follower {
  /** `null` once the subscription has ended. */
  next(): Promise<SubscriptionMessage | null>;
  /** Takes messages until `isEnough` says so of the last one; gives all of them. @throws when it ends before. */
  until(isEnough: (message: SubscriptionMessage) => boolean): Promise<readonly SubscriptionMessage[]>;
  /** Takes messages until at least `count` more transitions have come. */
  transitions(count: number): Promise<readonly RecordedTransition[]>;
  end(): Promise<void>;
}

export function follow(log: EventReader, after: Checkpoint | null = null, options: SubscribeOptions = {}): Follower {
  const iterator = log.subscribeAll(after, options)[Symbol.asyncIterator]();

  async function next(): Promise<SubscriptionMessage | null> {
    const { done, value } = await iterator.next();
    return done ? null : value;
  }

  async function until(isEnough: (message: SubscriptionMessage) => boolean): Promise<SubscriptionMessage[]> {
    const messages: SubscriptionMessage[] = [];
    for (;;) {
      const message = await next();
      if (message === null) throw new Error('The subscription ended too early');
      messages.push(message);
      if (isEnough(message)) return messages;
    }
  }

  return {
    next,
    until,
    async transitions(count) {
      let missing = count;
      if (missing === 0) return [];
      return transitionsOf(
        await until((message) => {
          missing -= message.kind === 'transitions' ? message.transitions.length : 0;
          return missing <= 0;
        }),
      );
    },
    async end() {
      await iterator.return?.();
    },
  };
}

export const isCaughtUp = (message: SubscriptionMessage) => message.kind === 'caught-up';

export const transitionsOf = (messages: readonly SubscriptionMessage[]): RecordedTransition[] =>
  messages.flatMap((message) => (message.kind === 'transitions' ? message.transitions : []));

/** Everything after `after` that is in the log now. */
export async function readLog(
  log: EventReader,
  after: Checkpoint | null = null,
  options: SubscribeOptions = {},
): Promise<readonly RecordedTransition[]> {
  const follower = follow(log, after, options);
  const messages = await follower.until(isCaughtUp);
  await follower.end();
  return transitionsOf(messages);
}

/** The log's end, which must not be empty. */
export async function endOf(log: EventReader): Promise<Checkpoint> {
  const head = await log.head();
  if (head === null) throw new Error('The log is empty');
  return head.checkpoint;
}
