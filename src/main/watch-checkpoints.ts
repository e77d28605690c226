import { CheckpointRefused } from '../application/failures.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Checkpoint, EventReader } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';

export const checkpointWatchLimits = { everyMs: 5_000 } as const;
export type CheckpointWatchLimits = { readonly [Name in keyof typeof checkpointWatchLimits]: number };

export interface StoredCheckpoints {
  readonly log: Pick<EventReader, 'verifyCheckpoint'>;
  /** How far the rows are, by subscriber. */
  storedCheckpoints(): Promise<ReadonlyMap<string, Checkpoint>>;
}

export interface WatchedRows extends StoredCheckpoints {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Why the rows of a subscriber are not shown, as far as that is known before the first look. Kept up to date by each. */
  readonly refused?: Map<string, string>;
  readonly limits?: Partial<CheckpointWatchLimits>;
}

export interface CheckpointWatch {
  /** Why the log is not the one that the rows are of, in words for an operator; `null` as long as it is. */
  loss(): string | null;
  /** Why the rows of this subscriber, or all rows, are not those of the log; `null` as long as they are. */
  refusalOf(subscriber: string): string | null;
  stop(): Promise<void>;
}

/** What the log says of the checkpoints that are stored. */
export interface Verdict {
  readonly isAnyAccepted: boolean;
  readonly refusals: ReadonlyMap<string, CheckpointRefused>;
}

/** @throws {LogUnavailable} @throws {ReadDatabaseUnavailable} */
export async function verifyEach({ log, storedCheckpoints }: StoredCheckpoints): Promise<Verdict> {
  const refusals = new Map<string, CheckpointRefused>();
  const stored = await storedCheckpoints();
  for (const [subscriber, checkpoint] of stored)
    try {
      await log.verifyCheckpoint(checkpoint);
    } catch (error) {
      if (!(error instanceof CheckpointRefused)) throw error;
      refusals.set(subscriber, error);
    }
  return { isAnyAccepted: refusals.size < stored.size, refusals };
}

/**
 * The refusal by which the log is to be doubted, and not the rows of one subscriber: it lacks what one of them has seen
 * of it, or it is none of theirs. Of several the one that has seen most. `null` where there is none.
 */
export function lossIn({ isAnyAccepted, refusals }: Verdict): CheckpointRefused | null {
  const doubts = [...refusals.values()].filter(({ isOfAnotherLog }) => !isOfAnotherLog || !isAnyAccepted);
  const [most = null] = doubts.sort((one, other) => ((one.position ?? -1n) < (other.position ?? -1n) ? 1 : -1));
  return most;
}

/**
 * Asks again and again whether the rows are of this log: an older copy of it may be put back while processes run,
 * and the rows would show events that the log no longer has. The reason goes away, should the right log come back.
 */
export function watchCheckpoints(rows: WatchedRows): CheckpointWatch {
  const { clock, logger, refused = new Map<string, string>() } = rows;
  const { everyMs } = { ...checkpointWatchLimits, ...rows.limits };
  const stopping = new AbortController();
  let loss: string | null = null;

  async function look(): Promise<void> {
    // A log or database that is unavailable says nothing about the rows.
    const verdict = await verifyEach(rows).catch(() => null);
    if (verdict === null) return;
    const doubt = lossIn(verdict);
    report(doubt === null ? null : notShown('The rows are not those of this log', doubt), verdict.refusals);
  }

  /** Each once, not at each of the looks that find the same. */
  function report(found: string | null, refusals: Verdict['refusals']): void {
    const before = new Map(refused);
    refused.clear();
    for (const [subscriber, refusal] of refusals) refused.set(subscriber, rowsNotShown(subscriber, refusal));
    if (found !== null && found !== loss) logger.error({}, found);
    if (found === null)
      for (const [subscriber, message] of refused)
        if (before.get(subscriber) !== message) logger.error({ subscriber }, message);
    if (found === null && refused.size === 0 && (loss !== null || before.size > 0))
      logger.info({}, 'the rows are those of the log again');
    loss = found;
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal);
      if (!stopping.signal.aborted) await look();
    }
  }

  const watching = watch();
  return {
    loss: () => loss,
    refusalOf: (subscriber) => loss ?? refused.get(subscriber) ?? null,
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

export const rowsNotShown = (subscriber: string, refusal: CheckpointRefused) =>
  notShown(`The rows of ${subscriber} are of another log`, refusal);

const notShown = (what: string, { message }: CheckpointRefused) => `${what}, so they are not shown: ${message}`;
