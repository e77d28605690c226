import { OperationalFailure } from '../application/failures.ts';
import type { DueWork } from '../application/ports/due-work.ts';
import type { Checkpoint, EventReader } from '../application/ports/event-log.ts';
import { type HastenAllDependencies, hastenAll } from './sweep/hasten-all.ts';
import type { SweepLimits } from './sweep/limits.ts';

export interface BeginWithoutCheckpointDependencies
  extends HastenAllDependencies,
    Pick<SweepLimits, 'lookIfCaughtUpEveryMs'> {
  readonly log: Pick<EventReader, 'head'>;
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
  // First, because only what is in the log before is certain to be in the rows once they are complete.
  const head = await log.head();
  const isCaughtUp = await dueWork.isCaughtUp();
  const from = isCaughtUp ? await dueWorkCheckpoint() : (head?.checkpoint ?? null);
  const takeUp = async () => {
    if (!isCaughtUp) await untilCaughtUp(dependencies, signal);
    await hastenAll(dependencies, ['command'], signal);
  };
  void takeUp().catch((error: unknown) => {
    if (!signal.aborted) logger.error({ err: error }, 'unfinished events are not taken up now, but as they become due');
  });
  return from;
}

async function untilCaughtUp(
  { dueWork, clock, lookIfCaughtUpEveryMs }: BeginWithoutCheckpointDependencies,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(lookIfCaughtUpEveryMs, signal);
    try {
      if (await dueWork.isCaughtUp()) return;
    } catch (error) {
      if (!(error instanceof OperationalFailure && error.retryable)) throw error;
    }
  }
}
