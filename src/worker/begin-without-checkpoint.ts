import { EVENT_STREAM_PREFIX } from '../application/event-identity.ts';
import { CheckpointRefused, OperationalFailure } from '../application/failures.ts';
import type { DueWork } from '../application/ports/due-work.ts';
import type { Checkpoint, EventReader, LogPosition } from '../application/ports/event-log.ts';
import { type HastenAllDependencies, hastenAll } from './sweep/hasten-all.ts';
import type { SweepLimits } from './sweep/limits.ts';

export interface BeginWithoutCheckpointDependencies
  extends HastenAllDependencies,
    Pick<SweepLimits, 'lookIfCaughtUpEveryMs'> {
  readonly log: Pick<EventReader, 'head' | 'subscribeAll'>;
  readonly dueWork: Pick<DueWork, 'hasten' | 'isCaughtUp'>;
  /** Up to where the due work holds what is unfinished. */
  readonly dueWorkCheckpoint: () => Promise<Checkpoint | null>;
}

/**
 * Where the dispatcher begins when it has no checkpoint in this log, so that what has ended long ago gets no command and
 * what has not gets one soon. Everything up to the due work's checkpoint that is unfinished has its row there, and is
 * taken up from it; the rest is published by the dispatcher. While the due work is still being read from the log, which
 * takes long after a rebuild, the dispatcher begins at the log's head, and the rows are taken up once all of them are there.
 * @throws {ReadDatabaseUnavailable} @throws {LogUnavailable}
 */
export async function beginWithoutCheckpoint(
  dependencies: BeginWithoutCheckpointDependencies,
  signal: AbortSignal,
): Promise<Checkpoint | null> {
  const { log, dueWork, dueWorkCheckpoint, logger } = dependencies;
  const head = await log.head();
  const isCaughtUp = await dueWork.isCaughtUp();
  const from = isCaughtUp ? await dueWorkCheckpoint() : (head?.checkpoint ?? null);
  const takeUp = async () => {
    if (!isCaughtUp && head !== null) await untilRowsReach(dependencies, head.position, signal);
    await hastenAll(dependencies, ['command'], signal);
  };
  void takeUp().catch((error: unknown) => {
    if (!signal.aborted) logger.error({ err: error }, 'unfinished events are not taken up now, but as they become due');
  });
  return from;
}

/**
 * That the due work is said to be complete is not enough: its projector may have been at the end of the log a moment before
 * more was appended, and said so a moment later.
 */
async function untilRowsReach(
  dependencies: BeginWithoutCheckpointDependencies,
  position: LogPosition,
  signal: AbortSignal,
): Promise<void> {
  const { dueWork, dueWorkCheckpoint, log, clock, lookIfCaughtUpEveryMs } = dependencies;
  while (!signal.aborted) {
    await clock.sleep(lookIfCaughtUpEveryMs, signal);
    try {
      if ((await dueWork.isCaughtUp()) && (await isReached(log, await dueWorkCheckpoint(), position, signal))) return;
    } catch (error) {
      // Of another log than before: the rows are going to be those of this one.
      if (error instanceof CheckpointRefused) continue;
      if (!(error instanceof OperationalFailure && error.retryable)) throw error;
    }
  }
}

/** Whether nothing up to `position` follows the checkpoint. */
async function isReached(
  log: Pick<EventReader, 'subscribeAll'>,
  checkpoint: Checkpoint | null,
  position: LogPosition,
  signal: AbortSignal,
): Promise<boolean> {
  const streamPrefixes = [EVENT_STREAM_PREFIX];
  for await (const message of log.subscribeAll(checkpoint, { streamPrefixes, maxBatch: 1, signal })) {
    if (message.kind === 'caught-up') return true;
    const [next] = message.kind === 'transitions' ? message.transitions : [];
    if (next !== undefined) return next.position > position;
  }
  return false;
}
