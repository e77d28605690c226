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
  readonly report: (trouble: string | null) => void;
}

const MAX_BATCH = 1_000;

/** Messages from a place on, over as many connections as it takes. As the port says. */
export async function* subscribe(
  surroundings: SubscriptionSurroundings,
  after: Checkpoint | null,
  { streamPrefix = '', maxBatch = MAX_BATCH, signal }: SubscribeOptions = {},
): AsyncGenerator<SubscriptionMessage> {
  const { address, clock, chance, logger, report, closing, deadlineMs } = surroundings;
  const ending = signal ? AbortSignal.any([signal, closing]) : closing;
  let progress = after === null ? BEGINNING : parseCheckpoint(after);
  let leader: EndPoint | null = null;
  let delayMs = RECONNECT.initialDelayMs;
  let trouble: string | null = null;
  try {
    while (!ending.aborted) {
      try {
        for await (const delivery of follow(
          { ...surroundings, deadlineMs, ending },
          { progress, leader, streamPrefix, maxBatch },
        )) {
          if (trouble !== null) logger.info({ log: address.label }, 'a subscription goes on');
          trouble = null;
          report(null);
          delayMs = RECONNECT.initialDelayMs;
          ({ progress } = delivery);
          if (delivery.message) yield delivery.message;
        }
      } catch (error) {
        if (ending.aborted) return;
        if (error instanceof CheckpointRefused) throw error;
        leader = leaderNamedBy(error);
        const jitteredMs = Math.round(delayMs * (1 - RECONNECT.jitter * chance.fraction()));
        const found = explain(error, address);
        if (found !== trouble)
          logger.warn({ log: address.label, retryInMs: jitteredMs }, `a subscription waits: ${found}`);
        trouble = found;
        report(found);
        await clock.sleep(jitteredMs, ending);
        delayMs = Math.min(delayMs * RECONNECT.factor, RECONNECT.maxDelayMs);
      }
    }
  } finally {
    report(null);
  }
}
