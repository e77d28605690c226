import { CheckpointRefused } from './failures.ts';
import type { Clock } from './ports/clock.ts';
import type { Checkpoint, EventReader, RecordedTransition, SubscribeOptions } from './ports/event-log.ts';
import type { Logger } from './ports/logger.ts';

/** One follower of the log: its effects and its place. */
export interface Subscriber {
  readonly name: string;
  /** Where to go on; `null` at the beginning of the log. */
  load(): Promise<Checkpoint | null>;
  /**
   * Takes effect for `transitions` (may be empty), then stores `checkpoint`, or both at once. Called one at a time, in
   * the log's order; may be called again with the same transitions after a failure or restart.
   */
  handle(transitions: readonly RecordedTransition[], checkpoint: Checkpoint): Promise<void>;
  caughtUp?(): void;
}

const BACKOFF = { initialDelayMs: 100, factor: 2, maxDelayMs: 5_000 };

/**
 * Follows the log until `signal` aborts: from the stored checkpoint, in order, effect before checkpoint. A failure is
 * tried again from the stored checkpoint with backoff, for ever: skipping would be worse than standing still.
 * @throws {CheckpointRefused} when the stored checkpoint is no place in this log: that needs a decision.
 */
export async function runSubscription(
  log: Pick<EventReader, 'subscribeAll'>,
  subscriber: Subscriber,
  {
    clock,
    logger,
    signal,
    ...options
  }: { clock: Clock; logger: Logger; signal: AbortSignal } & Omit<SubscribeOptions, 'signal'>,
): Promise<void> {
  let delayMs = BACKOFF.initialDelayMs;
  while (!signal.aborted) {
    try {
      for await (const message of log.subscribeAll(await subscriber.load(), { ...options, signal })) {
        if (message.kind === 'caught-up') subscriber.caughtUp?.();
        else await subscriber.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
        delayMs = BACKOFF.initialDelayMs;
      }
    } catch (error) {
      if (error instanceof CheckpointRefused) throw error;
      if (signal.aborted) return;
      logger.warn(
        { err: error, subscriber: subscriber.name, delayMs },
        'subscription failed; it goes on from its checkpoint',
      );
    }
    if (signal.aborted) return;
    await clock.sleep(delayMs, signal);
    delayMs = Math.min(delayMs * BACKOFF.factor, BACKOFF.maxDelayMs);
  }
}
