import { OperationalFailure } from '../../application/failures.ts';
import type { CommandBus } from '../../application/ports/command-bus.ts';
import type { DueEvent, DueWork } from '../../application/ports/due-work.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { type ExpireLeasesDependencies, expireLeases } from './expire-leases.ts';
import { nextAttempt } from './next-attempt.ts';

const PAGE_SIZE = 500;
const TRY_AGAIN_AFTER_MS = 500;

export interface RecoverDependencies extends ExpireLeasesDependencies {
  readonly dueWork: Pick<DueWork, 'unfinished'>;
  readonly bus: Pick<CommandBus, 'publish' | 'forgetsOnRestart'>;
  /**
   * No worker of an earlier process can be alive, as an exclusive data folder proves: claims of every worker but ours
   * are given up at once, without waiting for the ends of their leases.
   */
  readonly earlierWorkersAreGone: boolean;
  /**
   * Resolves once the read tables hold everything that was in the log when this process opened it. Before that, an
   * event could be missing from them, and nobody would come back for it until it is due.
   */
  readonly projectionCaughtUp: Promise<void>;
}

/**
 * Takes up, once after the start, what the process before left: received events whose commands died with its bus, and
 * attempts whose worker died with it. Complete, because each unfinished event of that time either has its row by now,
 * or (received since) is published by the dispatcher, or (waiting for a retry) becomes due. Done again, it is harmless.
 */
export async function recover(dependencies: RecoverDependencies, signal: AbortSignal): Promise<void> {
  const { bus, earlierWorkersAreGone, projectionCaughtUp, clock, logger } = dependencies;
  if (!bus.forgetsOnRestart && !earlierWorkersAreGone) return;
  await unlessAborted(projectionCaughtUp, signal);
  const startedAt = clock.now();
  let events = 0;
  let after: string | null = null;
  let page: readonly DueEvent[];
  do {
    page = await untilItSucceeds(dependencies, signal, () => recoverPage(dependencies, after, signal));
    events += page.length;
    after = page.at(-1)?.eventId ?? after;
  } while (page.length === PAGE_SIZE);
  if (events > 0) logger.info({ events, tookMs: clock.now() - startedAt }, 'took up the events that were unfinished');
}

async function recoverPage(dependencies: RecoverDependencies, after: string | null, signal: AbortSignal) {
  const { dueWork, bus, earlierWorkersAreGone, worker } = dependencies;
  const rows = await dueWork.unfinished(after, PAGE_SIZE);
  if (earlierWorkersAreGone) {
    const claimed = rows.filter(({ status }) => status === 'PROCESSING').map(({ eventId }) => eventId);
    await expireLeases(dependencies, claimed, (other) => other !== worker);
  }
  if (bus.forgetsOnRestart) {
    const received = rows.filter(({ status }) => status === 'RECEIVED');
    await unlessAborted(bus.publish(received.map(nextAttempt)), signal);
  }
  return rows;
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
