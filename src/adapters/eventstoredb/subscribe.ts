import { createBackoff } from '../../application/backoff.ts';
import { CheckpointRefused } from '../../application/failures.ts';
import type { Checkpoint, SubscribeOptions, SubscriptionMessage } from '../../application/ports/event-log.ts';
import { BEGINNING, parseCheckpoint } from './checkpoint.ts';
import { leaderNamedBy } from './classify.ts';
import { explain } from './explain.ts';
import { follow } from './follow.ts';
import type { EndPoint } from './parse-address.ts';
import { RECONNECT, type Surroundings } from './supervise-connection.ts';

export interface SubscriptionSurroundings extends Surroundings {
  readonly deadlineMs: number;
  /** Aborts when the log is closed. */
  readonly closing: AbortSignal;
  /** What keeps a subscription from its work; `null` when nothing does any more. */
  readonly report: (unhealthyReason: string | null) => void;
}

const MAX_BATCH = 1_000;

/** A subscription as the port has it. One that is returned from ends at once, also while it waits for a message. */
export function subscribe(
  surroundings: SubscriptionSurroundings,
  after: Checkpoint | null,
  options: SubscribeOptions = {},
): AsyncIterable<SubscriptionMessage> {
  return {
    [Symbol.asyncIterator]: () => {
      const returned = new AbortController();
      const signals = [returned.signal, surroundings.closing, ...(options.signal ? [options.signal] : [])];
      const messages = receiveMessages({ ...surroundings, ending: AbortSignal.any(signals) }, after, options);
      return {
        next: () => messages.next(),
        return: async () => {
          returned.abort();
          return messages.return(undefined);
        },
      };
    },
  };
}

/** Messages from a position on, over as many connections as it takes. */
async function* receiveMessages(
  surroundings: SubscriptionSurroundings & { readonly ending: AbortSignal },
  after: Checkpoint | null,
  { streamPrefixes, maxBatch = MAX_BATCH }: SubscribeOptions,
): AsyncGenerator<SubscriptionMessage> {
  const { ending } = surroundings;
  const drops = handleDrops(surroundings, ending);
  let progress = after === null ? BEGINNING : parseCheckpoint(after);
  try {
    while (!ending.aborted) {
      try {
        const start = { progress, leader: drops.leader(), streamPrefixes, maxBatch: Math.max(1, maxBatch) };
        for await (const delivery of follow(surroundings, start)) {
          drops.over();
          ({ progress } = delivery);
          if (delivery.message) yield delivery.message;
        }
      } catch (error) {
        if (ending.aborted) return;
        if (error instanceof CheckpointRefused) throw error;
        await drops.wait(error);
      }
    }
  } finally {
    surroundings.report(null);
  }
}

/** A subscription that breaks goes on where it was. What broke it is said once, not at each attempt that fails the same way. */
function handleDrops({ address, clock, random, logger, report }: SubscriptionSurroundings, ending: AbortSignal) {
  const backoff = createBackoff(RECONNECT, random);
  let unhealthyReason: string | null = null;
  let leader: EndPoint | null = null;
  return {
    leader: () => leader,
    over: () => {
      if (unhealthyReason === null) return;
      logger.info({ log: address.label }, 'a subscription goes on');
      unhealthyReason = null;
      report(null);
      backoff.reset();
    },
    wait: async (error: unknown) => {
      leader = leaderNamedBy(error);
      const retryInMs = backoff.next();
      const found = explain(error, address);
      if (found !== unhealthyReason) logger.warn({ log: address.label, retryInMs }, `a subscription waits: ${found}`);
      unhealthyReason = found;
      report(found);
      await clock.sleep(retryInMs, ending);
    },
  };
}
