import type { BackgroundService } from '../../application/ports/background-service.ts';
import { timestamp } from '../../application/ports/clock.ts';
import type { DueWork } from '../../application/ports/due-work.ts';
import { AskedRows } from './asked-rows.ts';
import { expireLeases } from './expire-leases.ts';
import { createDuePublisher } from './publish-due.ts';
import { type RecoverDependencies, recover } from './recover.ts';

const SWEEP_EVERY_MS = 250;
const PAGE_SIZE = 500;
/** Bounds the page that is read every time while a great many rows are due and none of them moves on. */
const MAX_ASKED_ROWS = 4_000;
/** The row of an ended lease stays due until the projector has seen its end. */
const EXPIRE_AGAIN_AFTER_MS = 5_000;

export interface DueWorkSweepOptions extends RecoverDependencies {
  readonly dueWork: DueWork;
}

/**
 * Sees to it that nothing that was accepted stays where it is: asks for retries that are due and for events whose
 * commands seem lost, and gives up attempts whose leases have ended. Goes by the read tables, which may be behind; what
 * is true is decided by the log when an attempt is claimed or given up.
 */
export function createDueWorkSweep(options: DueWorkSweepOptions): BackgroundService {
  const { dueWork, clock, logger } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const asked = new AskedRows();
  const publisher = createDuePublisher(options, asked, signal);
  let trouble: string | null = null;
  let running: Promise<unknown> | null = null;

  /** Whether there may be more to do at once. */
  const sweep = async (): Promise<boolean> => {
    const now = clock.now();
    // Larger by the rows that are to be left alone, so that they cannot hide those behind them.
    const due = await dueWork.due(timestamp(now), PAGE_SIZE + asked.size);
    asked.retain(due);
    const fresh = due.filter((row) => asked.mayAsk(row, now));
    const ended = fresh.filter(({ status }) => status === 'PROCESSING');
    const waiting = fresh
      .filter(({ status }) => status !== 'PROCESSING')
      .slice(0, Math.max(0, MAX_ASKED_ROWS - asked.size));
    publisher.publish(waiting);
    for (const row of ended) asked.remember(row, now + EXPIRE_AGAIN_AFTER_MS);
    await expireLeases(
      options,
      ended.map(({ eventId }) => eventId),
      () => false,
    );
    return waiting.length + ended.length >= PAGE_SIZE;
  };

  const keepSweeping = async () => {
    while (!signal.aborted) {
      let isMore = false;
      try {
        isMore = await sweep();
        trouble = null;
      } catch (error) {
        if (trouble === null) logger.warn({ err: error }, 'the sweep for due work failed; it goes on');
        trouble = error instanceof Error ? error.message : String(error);
      }
      if (!isMore) await clock.sleep(SWEEP_EVERY_MS, signal);
    }
  };

  const recoverOnce = () =>
    recover(options, signal).catch((error: unknown) => {
      if (!signal.aborted)
        logger.error({ err: error }, 'unfinished events are not taken up now, but as they become due');
    });

  return {
    name: 'due-work-sweep',
    async start() {
      running = Promise.all([keepSweeping(), recoverOnce()]);
    },
    async stop() {
      stopping.abort(new Error('The sweep is stopping'));
      await running;
    },
    trouble: () => trouble ?? publisher.trouble(),
  };
}
