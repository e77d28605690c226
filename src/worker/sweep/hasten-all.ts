import { OperationalFailure } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { DueKind, DueWork } from '../../application/ports/due-work.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { SweepLimits } from './limits.ts';

export interface HastenAllDependencies extends Pick<SweepLimits, 'pageRows' | 'hastenAgainAfterMs'> {
  readonly dueWork: Pick<DueWork, 'hasten'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Has the sweep take up at once all due work of these kinds, whenever it would have come up. Done again, it is harmless.
 * @throws when `signal` aborts.
 */
export async function hastenAll(
  { dueWork, pageRows, hastenAgainAfterMs, clock, logger }: HastenAllDependencies,
  kinds: readonly DueKind[],
  signal: AbortSignal,
): Promise<void> {
  const nextPage = async (after: string | null) => {
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await unlessAborted(dueWork.hasten(kinds, after, pageRows), signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof OperationalFailure && error.retryable)) throw error;
        if (isFirst) logger.warn({ err: error }, 'unfinished events cannot be taken up yet; it is tried again');
      }
      await clock.sleep(hastenAgainAfterMs, signal);
    }
  };
  let events = 0;
  let after: string | null = null;
  let page: readonly string[];
  do {
    page = await nextPage(after);
    events += page.length;
    after = page.at(-1) ?? after;
  } while (page.length >= pageRows);
  if (events > 0) logger.info({ events }, 'takes up the events that were unfinished');
}
