import type { BackgroundService } from '../../application/ports/background-service.ts';
import type { CommandBus } from '../../application/ports/command-bus.ts';
import type { DueWork } from '../../application/ports/due-work.ts';
import { createRepeatingReport } from '../../application/repeating-report.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { type AskForAttemptsDependencies, askForAttempts } from './ask-for-attempts.ts';
import { type LetGoOnDependencies, lettingGoOn } from './let-go-on.ts';
import { type SweepLimits, sweepLimits } from './limits.ts';
import { type LookIntoAttemptsDependencies, lookIntoAttempts } from './look-into-attempts.ts';
import { type RecoverDependencies, recover } from './recover.ts';

export interface DueWorkSweepOptions
  extends Omit<
    LookIntoAttemptsDependencies & RecoverDependencies & LetGoOnDependencies & AskForAttemptsDependencies,
    'limits' | 'pageRows' | 'hastenAgainAfterMs' | 'report' | 'signal'
  > {
  readonly dueWork: DueWork;
  readonly bus: Pick<CommandBus, 'publish' | 'backlog' | 'forgetsOnRestart'>;
  readonly limits?: Partial<SweepLimits> | undefined;
}

/** One of the two things that the sweep does again and again. */
interface Round {
  readonly what: 'asking for attempts' | 'looking into attempts';
  readonly act: () => Promise<Done>;
}
interface Done {
  /** There may be more to do at once. */
  readonly isMore: boolean;
  /** Why less was done than there is to do, in words; `null` when there is no reason or it passes by itself. */
  readonly heldBack: string | null;
}

const NOT_CAUGHT_UP = 'the due work is still being read from the log; retries wait until it has been read to the end';

/**
 * Sees to it that nothing that was accepted stays where it is: asks for retries that are due and for events whose
 * commands seem lost, and gives up attempts whose leases have ended. Goes by the read table, which may be behind; what
 * is true is decided by the log when an attempt is claimed or given up.
 *
 * Asking and looking go on beside each other: a bus that takes nothing does not keep leases from ending, nor does a log
 * that is unavailable keep retries from being asked for.
 */
export function createDueWorkSweep(options: DueWorkSweepOptions): BackgroundService {
  const { dueWork, clock, logger } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const limits = { ...sweepLimits, ...options.limits };
  const { sweepEveryMs, pageRows, hastenAgainAfterMs } = limits;
  const dependencies = {
    ...options,
    limits,
    pageRows,
    hastenAgainAfterMs,
    signal,
    report: createRepeatingReport({ logger, clock }),
  };
  let running: Promise<unknown> | null = null;

  const letGoOn = lettingGoOn(dependencies, signal);
  const ask = async () => {
    // In turns, so that nothing is parked by what was known before a pause ended.
    await letGoOn();
    return askForAttempts(dependencies);
  };

  /** What keeps each of the two from its work. */
  const unhealthyReasons = new Map<Round['what'], string>();

  const doOnce = async ({ act }: Round): Promise<Done> => {
    if (!(await unlessAborted(dueWork.isCaughtUp(), signal))) return { isMore: false, heldBack: NOT_CAUGHT_UP };
    return act();
  };

  const keepDoing = async (round: Round) => {
    while (!signal.aborted) {
      let isMore = false;
      try {
        const done = await doOnce(round);
        isMore = done.isMore;
        if (done.heldBack === null) unhealthyReasons.delete(round.what);
        else unhealthyReasons.set(round.what, done.heldBack);
      } catch (error) {
        if (signal.aborted) return;
        if (!unhealthyReasons.has(round.what))
          logger.warn({ err: error }, `the sweep fails at ${round.what}; it goes on`);
        unhealthyReasons.set(round.what, error instanceof Error ? error.message : String(error));
      }
      if (!isMore) await clock.sleep(sweepEveryMs, signal);
    }
  };

  const recoverOnce = () =>
    recover(dependencies, signal).catch((error: unknown) => {
      if (!signal.aborted)
        logger.error({ err: error }, 'unfinished events are not taken up now, but as they become due');
    });

  return {
    name: 'due-work-sweep',
    async start() {
      running = Promise.all([
        keepDoing({ what: 'asking for attempts', act: ask }),
        keepDoing({ what: 'looking into attempts', act: () => lookIntoAttempts(dependencies) }),
        recoverOnce(),
      ]);
    },
    async stop() {
      stopping.abort(new Error('The sweep is stopping'));
      await running;
    },
    unhealthyReason: () => unhealthyReasons.values().next().value ?? null,
  };
}
