import { CheckpointRefused } from '../application/failures.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Checkpoint, EventReader } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';

export const checkpointWatchLimits = { everyMs: 5_000 } as const;
export type CheckpointWatchLimits = { readonly [Name in keyof typeof checkpointWatchLimits]: number };

export interface WatchedRows {
  readonly log: Pick<EventReader, 'verifyCheckpoint'>;
  /** How far the rows are, each subscriber by itself. */
  storedCheckpoints(): Promise<readonly Checkpoint[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<CheckpointWatchLimits>;
}

export interface CheckpointWatch {
  /** Why the rows are not those of the log, in words for an operator; `null` as long as they are. */
  unhealthyReason(): string | null;
  stop(): Promise<void>;
}

/** @throws {CheckpointRefused} for the first that is not a position in this log. @throws {LogUnavailable} */
export async function verifyAll({ log, storedCheckpoints }: Pick<WatchedRows, 'log' | 'storedCheckpoints'>) {
  for (const checkpoint of await storedCheckpoints()) await log.verifyCheckpoint(checkpoint);
}

/**
 * Asks again and again whether the rows are of this log: an older copy of it may be put back while processes run,
 * and the rows would show events that the log no longer has. The reason goes away, should the right log come back.
 */
export function watchCheckpoints(rows: WatchedRows): CheckpointWatch {
  const { clock, logger } = rows;
  const { everyMs } = { ...checkpointWatchLimits, ...rows.limits };
  const stopping = new AbortController();
  let unhealthyReason: string | null = null;

  async function look(): Promise<void> {
    try {
      await verifyAll(rows);
      if (unhealthyReason !== null) logger.info({}, 'the rows are those of the log again');
      unhealthyReason = null;
    } catch (error) {
      // A log or database that is unavailable says nothing about the rows.
      if (!(error instanceof CheckpointRefused)) return;
      const found = `The rows are not those of this log, so they are not shown: ${error.message}`;
      if (found !== unhealthyReason) logger.error({}, found);
      unhealthyReason = found;
    }
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal);
      if (!stopping.signal.aborted) await look();
    }
  }

  const watching = watch();
  return {
    unhealthyReason: () => unhealthyReason,
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
