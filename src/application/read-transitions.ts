import { aggregates } from './aggregates.ts';
import { LogUnavailable } from './failures.ts';
import type { MonotonicClock } from './ports/clock.ts';
import type { EventReader, RecordedTransition } from './ports/event-log.ts';
import type { LogPlace } from './ports/log-segments.ts';

export const BEGINNING: LogPlace = { after: null, position: -1n };

export interface PageOfLog {
  readonly transitions: readonly RecordedTransition[];
  /** Where the next page begins; `null` at the end of the log. */
  readonly next: LogPlace | null;
  /** It ended because it came to `upTo`. */
  readonly isUpTo: boolean;
  readonly lookedAt: number;
}

interface Asked {
  readonly from: LogPlace;
  /** The last position of which anything is wanted; `null` for the end of the log. */
  readonly upTo: bigint | null;
  readonly isWanted: (recorded: RecordedTransition) => boolean;
  /** Most transitions of the page, and most of their data in UTF-16 units; one always fits. */
  readonly limit: number;
  readonly characters: number;
  /** What the page has already, of its characters. */
  readonly taken: number;
  /** A page ends, however short, when looking for more takes longer, or more were looked at. */
  readonly longestMs: number;
  readonly mostLookedAt: number;
}

/** Of every history. */
export const followedPrefixes: readonly string[] = aggregates.map(({ streamPrefix }) => streamPrefix);
const MAX_BATCH = 500;
/** A subscription waits for a log that is unavailable; who asked for a page does not. */
const PATIENCE_MS = 10_000;

/**
 * A page of all histories together, in the log's order. A log is not ordered by time, so that whoever filters by it looks at
 * all of it, but for the segments that cannot have what is wanted; pages bound what one request takes.
 * @throws {LogUnavailable} @throws {CheckpointRefused} the place is in none or another log.
 */
export async function readTransitions(
  {
    log,
    clock,
  }: { readonly log: Pick<EventReader, 'subscribeAll'>; readonly clock: Pick<MonotonicClock, 'monotonicMs' | 'sleep'> },
  { from, upTo, isWanted, limit, characters, taken: before, longestMs, mostLookedAt }: Asked,
): Promise<PageOfLog> {
  const giveUpAt = clock.monotonicMs() + longestMs;
  const taken: RecordedTransition[] = [];
  let { after, position } = from;
  let [size, lookedAt] = [before, 0];
  const page = (next: LogPlace | null, isUpTo = false): PageOfLog => ({ transitions: taken, next, isUpTo, lookedAt });
  const patience = new AbortController();
  void clock.sleep(PATIENCE_MS, patience.signal).then(() => patience.abort());
  try {
    for await (const message of log.subscribeAll(after, {
      streamPrefixes: followedPrefixes,
      maxBatch: MAX_BATCH,
      signal: patience.signal,
    })) {
      if (message.kind === 'caught-up') return page(null);
      for (const recorded of message.kind === 'transitions' ? message.transitions : []) {
        if (recorded.position <= position) continue;
        if (upTo !== null && recorded.position > upTo) return page({ after, position }, true);
        lookedAt += 1;
        if (isWanted(recorded)) {
          const length = recorded.data.length + recorded.metadata.length;
          if (size > 0 && size + length > characters) return page({ after, position });
          size += length;
          taken.push(recorded);
        }
        ({ position } = recorded);
        if (taken.length === limit) return page({ after, position });
      }
      after = message.checkpoint;
      if (lookedAt >= mostLookedAt || clock.monotonicMs() >= giveUpAt) return page({ after, position });
    }
  } finally {
    patience.abort();
  }
  if (lookedAt === 0 && after === from.after)
    throw new LogUnavailable(`The log has not answered for ${PATIENCE_MS} ms`);
  return page({ after, position });
}
