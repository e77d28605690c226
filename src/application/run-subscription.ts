import { createBackoff } from './backoff.ts';
import { CheckpointRefused } from './failures.ts';
import type { Clock } from './ports/clock.ts';
import type { Checkpoint, EventReader, RecordedTransition, SubscribeOptions } from './ports/event-log.ts';
import type { Logger } from './ports/logger.ts';
import { createRepeatingReport, kindOf, type RepeatingReport } from './repeating-report.ts';

/** A subscriber of the log: its effects and its checkpoint. */
export interface Subscriber {
  readonly name: string;
  /** Where to go on; `null` at the beginning of the log. */
  load(): Promise<Checkpoint | null>;
  /**
   * Takes effect for `transitions` (may be empty), then stores `checkpoint`, or both at once. Called one at a time, in
   * the log's order; may be called again with the same transitions after a failure or restart.
   */
  handle(transitions: readonly RecordedTransition[], checkpoint: Checkpoint): Promise<void>;
  /** What was in the log when the subscription began has been handled. Called again when it fails. */
  caughtUp?(): Promise<void> | void;
  /** Whether what is stored is still what was stored last, where something else could have put it back. */
  isCheckpointUnmoved?(): Promise<boolean>;
}

export const subscriptionLimits = {
  /** How long a quiet log may hide that a subscriber's effects were put back to an older state. */
  verifyCheckpointEveryMs: 5_000,
  /** After a failure; each further one doubles it, up to the longest. */
  firstPauseMs: 100,
  longestPauseMs: 5_000,
} as const;
export type SubscriptionLimits = { readonly [Limit in keyof typeof subscriptionLimits]: number };

interface SubscriptionSurroundings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Of failures; one that outlives the subscription where many follow each other. */
  readonly report?: RepeatingReport;
  /** Overrides of the defaults. */
  readonly limits?: Partial<SubscriptionLimits> | undefined;
}

/**
 * Follows the log until `signal` aborts: from the stored checkpoint, in order, effect before checkpoint. A failure is
 * tried again from the stored checkpoint with backoff, without limit: skipping would be worse than standing still. So is a
 * checkpoint that was moved meanwhile.
 * @throws {CheckpointRefused} when the stored checkpoint is not a position in this log: that needs a decision.
 */
export async function runSubscription(
  log: Pick<EventReader, 'subscribeAll'>,
  subscriber: Subscriber,
  {
    clock,
    logger,
    signal,
    limits,
    report = createRepeatingReport({ logger, clock }),
    ...options
  }: SubscriptionSurroundings & Omit<SubscribeOptions, 'signal'>,
): Promise<void> {
  const { verifyCheckpointEveryMs, firstPauseMs, longestPauseMs } = { ...subscriptionLimits, ...limits };
  const backoff = createBackoff({ firstMs: firstPauseMs, longestMs: longestPauseMs });
  while (!signal.aborted) {
    const moved = new AbortController();
    const following = { ...options, signal: AbortSignal.any([signal, moved.signal]) };
    try {
      const from = await subscriber.load();
      const watching = { clock, logger, signal: following.signal, verifyCheckpointEveryMs };
      void watchCheckpoint(subscriber, watching, () => moved.abort());
      for await (const message of log.subscribeAll(from, following)) {
        if (message.kind === 'caught-up') await subscriber.caughtUp?.();
        else await subscriber.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
        backoff.reset();
        report.wentWell(subscriber.name);
      }
    } catch (error) {
      if (error instanceof CheckpointRefused) throw error;
      if (signal.aborted) return;
      report.occurred({
        about: subscriber.name,
        kind: kindOf(error),
        level: 'warn',
        fields: { err: error, subscriber: subscriber.name },
        message: 'subscription failed; it goes on from its checkpoint',
      });
    } finally {
      moved.abort();
    }
    if (signal.aborted) return;
    await clock.sleep(backoff.next(), signal);
  }
}

/** Resolves when `signal` aborts, or after it has said that the subscriber is not where it thinks it is. */
async function watchCheckpoint(
  subscriber: Subscriber,
  {
    clock,
    logger,
    signal,
    verifyCheckpointEveryMs,
  }: Pick<SubscriptionSurroundings, 'clock' | 'logger' | 'signal'> &
    Pick<SubscriptionLimits, 'verifyCheckpointEveryMs'>,
  onMoved: () => void,
): Promise<void> {
  if (subscriber.isCheckpointUnmoved === undefined) return;
  while (!signal.aborted) {
    await clock.sleep(verifyCheckpointEveryMs, signal);
    // A store that is unavailable says nothing about the checkpoint.
    const isCheckpointUnmoved = signal.aborted || (await subscriber.isCheckpointUnmoved().catch(() => true));
    if (isCheckpointUnmoved || signal.aborted) continue;
    logger.warn({ subscriber: subscriber.name }, 'the stored checkpoint was moved by something else; it is read again');
    return onMoved();
  }
}
