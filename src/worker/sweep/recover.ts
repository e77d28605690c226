import { OperationalFailure } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { CommandBus } from '../../application/ports/command-bus.ts';
import type { DueKind, DueWork } from '../../application/ports/due-work.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { SweepLimits } from './limits.ts';

const TRY_AGAIN_AFTER_MS = 500;

export interface RecoverDependencies {
  readonly dueWork: Pick<DueWork, 'hasten'>;
  readonly bus: Pick<CommandBus, 'forgetsOnRestart'>;
  readonly earlierWorkersAreGone: boolean;
  /**
   * Resolves once the due work holds everything that was in the log when this process opened it. Before that, an event
   * could be missing from it, and nothing would come back for it until it is due.
   */
  readonly projectionCaughtUp: Promise<void>;
  readonly limits: SweepLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Has the sweep take up at once, after the start, what the process before left: commands that died with its bus, and
 * attempts whose worker died with it. Complete, because each unfinished event of that time either has its row by now, or
 * (received since) is published by the dispatcher, or (waiting for a retry) becomes due. Done again, it is harmless.
 */
export async function recover(dependencies: RecoverDependencies, signal: AbortSignal): Promise<void> {
  const { dueWork, bus, earlierWorkersAreGone, projectionCaughtUp, limits, logger } = dependencies;
  const kinds: DueKind[] = [];
  if (bus.forgetsOnRestart) kinds.push('command');
  if (earlierWorkersAreGone) kinds.push('lease');
  if (kinds.length === 0) return;
  await unlessAborted(projectionCaughtUp, signal);
  let events = 0;
  let after: string | null = null;
  let page: readonly string[];
  do {
    page = await untilItSucceeds(dependencies, signal, () => dueWork.hasten(kinds, after, limits.pageRows));
    events += page.length;
    after = page.at(-1) ?? after;
  } while (page.length >= limits.pageRows);
  if (events > 0) logger.info({ events }, 'takes up the events that were unfinished');
}

async function untilItSucceeds<Result>(
  { clock, logger }: Pick<RecoverDependencies, 'clock' | 'logger'>,
  signal: AbortSignal,
  act: () => Promise<Result>,
): Promise<Result> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted || !(error instanceof OperationalFailure && error.retryable)) throw error;
      if (isFirst) logger.warn({ err: error }, 'unfinished events cannot be taken up yet; it is tried again');
    }
    await clock.sleep(TRY_AGAIN_AFTER_MS, signal);
  }
}
