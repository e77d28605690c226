import { CheckpointRefused, ReadDatabaseUnavailable } from '../failures.ts';
import type { MonotonicClock } from '../ports/clock.ts';
import type { EventReader, RecordedTransition } from '../ports/event-log.ts';
import type { LogPlace, LogSegmentsReader, TimeRange } from '../ports/log-segments.ts';
import { type PageOfLog, readTransitions } from '../read-transitions.ts';

interface Sources {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly clock: Pick<MonotonicClock, 'monotonicMs' | 'sleep'>;
  readonly segments: LogSegmentsReader;
}

interface Asked {
  readonly from: LogPlace;
  readonly times: TimeRange;
  /** Also by the times: segments only say where to look. */
  readonly isWanted: (recorded: RecordedTransition) => boolean;
  readonly limit: number;
  readonly characters: number;
  readonly longestMs: number;
  readonly mostLookedAt: number;
}

/** A part of the log that is read through. */
interface Run {
  readonly from: LogPlace;
  /** `null` for the end of the log. */
  readonly upTo: bigint | null;
}

/**
 * A page as {@link readTransitions} reads it, which passes over the segments of the log that have no such time. Where segments
 * cannot be asked, or are of another log, the log is looked through. `null` where `from` is of another log.
 * @throws {LogUnavailable}
 */
export async function readBetween(
  sources: Sources,
  asked: Asked,
): Promise<Pick<PageOfLog, 'transitions' | 'next'> | null> {
  const { clock } = sources;
  const { times, limit, longestMs, mostLookedAt } = asked;
  const giveUpAt = clock.monotonicMs() + longestMs;
  const transitions: RecordedTransition[] = [];
  let [place, taken, lookedAt] = [asked.from, 0, 0];
  while (true) {
    const within = {
      ...{ limit: limit - transitions.length, taken },
      ...{ longestMs: giveUpAt - clock.monotonicMs(), mostLookedAt: mostLookedAt - lookedAt },
    };
    const read = (run: Run) => pageOrNull(sources, { ...asked, ...run, ...within });
    const run = await nextRun(times, place, sources.segments);
    const page = (await read(run)) ?? (run.from === place ? null : await read({ from: place, upTo: null }));
    if (page === null) return null;
    transitions.push(...page.transitions);
    lookedAt += page.lookedAt;
    for (const { data, metadata } of page.transitions) taken += data.length + metadata.length;
    const { next } = page;
    if (next === null || !page.isUpTo || clock.monotonicMs() >= giveUpAt) return { transitions, next };
    place = next;
  }
}

/** `null` for a place in another log, or in a part of this one that was lost when it was restored. */
async function pageOrNull(sources: Sources, asked: Parameters<typeof readTransitions>[1]): Promise<PageOfLog | null> {
  try {
    return await readTransitions(sources, asked);
  } catch (error) {
    if (error instanceof CheckpointRefused) return null;
    throw error;
  }
}

async function nextRun({ since, until }: TimeRange, place: LogPlace, segments: LogSegmentsReader): Promise<Run> {
  const whole = { from: place, upTo: null };
  if (since === undefined && until === undefined) return whole;
  const times = { since, until };
  const laterOf = (from: LogPlace | undefined) => (from !== undefined && from.position > place.position ? from : place);
  try {
    const first = await segments.firstOverlapping(times, place.position);
    // What is behind the last segment is read through.
    if (first === null) return { from: laterOf((await segments.last())?.to), upTo: null };
    const without = await segments.firstWithout(times, first.to.position);
    return { from: laterOf(first.from), upTo: without?.from.position ?? null };
  } catch (error) {
    if (error instanceof ReadDatabaseUnavailable) return whole;
    throw error;
  }
}
