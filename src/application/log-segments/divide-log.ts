import { anchoredPrefixes } from '../anchoring/anchor.ts';
import { CheckpointRefused } from '../failures.ts';
import type { Checkpoint, EventReader, RecordedTransition } from '../ports/event-log.ts';
import type { LogPlace, LogSegment, LogSegments } from '../ports/log-segments.ts';
import { BEGINNING } from '../read-transitions.ts';
import type { Subscriber } from '../run-subscription.ts';

/** A segment ends with the batch that brings it to so many transitions. What is behind the last one is read through. */
const TRANSITIONS_OF_A_SEGMENT = 2_000;

interface Dependencies {
  readonly log: Pick<EventReader, 'verifyCheckpoint'>;
  readonly segments: LogSegments;
  readonly transitionsOfASegment?: number;
}

/** What has been seen of the segment that is not finished. */
interface Unfinished {
  readonly from: LogPlace;
  readonly leavesBefore: number;
  leaves: number;
  transitions: number;
  earliest: string;
  latest: string;
}

/**
 * Follows the log and notes of each segment which times are in it, so that who looks for a time need not read the whole log.
 * The log is not in the order of its times: the clocks of processes differ. So each segment has its earliest and its latest.
 */
export function createLogDivider(dependencies: Dependencies): Subscriber {
  const { log, segments, transitionsOfASegment = TRANSITIONS_OF_A_SEGMENT } = dependencies;
  let unfinished = begun(BEGINNING, 0);

  return {
    name: 'log-segments',
    async load() {
      const last = await lastOf(segments, log);
      unfinished = last === null ? begun(BEGINNING, 0) : begun(last.to, last.leavesBefore + last.leaves);
      return unfinished.from.after;
    },
    async handle(transitions, checkpoint) {
      for (const recorded of transitions) note(recorded, unfinished);
      const position = transitions.at(-1)?.position;
      if (unfinished.transitions < transitionsOfASegment || position === undefined) return;
      const segment = finished(unfinished, { after: checkpoint, position });
      await segments.add(segment);
      unfinished = begun(segment.to, segment.leavesBefore + segment.leaves);
    },
  };
}

const begun = (from: LogPlace, leavesBefore: number): Unfinished => ({
  ...{ from, leavesBefore, leaves: 0, transitions: 0, earliest: '\uFFFF', latest: '' },
});

function note({ stream, recordedAt }: RecordedTransition, into: Unfinished): void {
  into.transitions += 1;
  if (anchoredPrefixes.some((prefix) => stream.startsWith(prefix))) into.leaves += 1;
  if (recordedAt < into.earliest) into.earliest = recordedAt;
  if (recordedAt > into.latest) into.latest = recordedAt;
}

const finished = (
  { from, leavesBefore, leaves, earliest, latest }: Unfinished,
  to: { readonly after: Checkpoint; readonly position: bigint },
): LogSegment => ({ from, to, leavesBefore, leaves, earliest, latest });

/** Those of another log, or of an older state of this one, are computed again. @throws {ReadDatabaseUnavailable} @throws {LogUnavailable} */
async function lastOf(segments: LogSegments, log: Pick<EventReader, 'verifyCheckpoint'>): Promise<LogSegment | null> {
  const last = await segments.last();
  if (last === null) return null;
  try {
    await log.verifyCheckpoint(last.to.after);
    return last;
  } catch (error) {
    if (!(error instanceof CheckpointRefused)) throw error;
    await segments.clear();
    return null;
  }
}
