import { OperationalFailure } from '../application/failures.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { CommandDelivery, ProcessEvent } from '../application/ports/command-bus.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Random } from '../application/ports/random.ts';
import { createRepeatingReport, kindOf } from '../application/repeating-report.ts';
import { AttemptNotDue } from './wait-until-due.ts';

/** What the report of commands that fail permanently is about. */
const ABOUT = 'processing';

/** How long a command is held before it is given back. Grows with the outage; jitter keeps workers from one rhythm. */
export const holdBackLimits = { shortestHoldBackMs: 100, longestHoldBackMs: 5_000 } as const;
export type HoldBackLimits = { readonly [Limit in keyof typeof holdBackLimits]: number };

export interface FailurePolicy {
  /**
   * Does the work that a command asks for, then acknowledges or releases the command. Never rejects.
   * @returns why the command is not settled: its attempt may not start yet; `null` when it is.
   */
  settle(delivery: CommandDelivery, work: (command: ProcessEvent) => Promise<void>): Promise<AttemptNotDue | null>;
  /** What keeps commands from being worked on, in words; `null` when nothing does. */
  unhealthyReason(): string | null;
}

/**
 * The one place that knows what acknowledging and releasing mean. A command is given back only when the world outside
 * was not ready for it: what the log has decided already, and what fails the same way each time, is acknowledged. An
 * event that still waits after that is found by the sweep, so no command has to be kept to keep an event.
 *
 * @param letGo aborts when nothing may be held any longer.
 */
export function createFailurePolicy({
  clock,
  random,
  logger,
  letGo,
  limits,
}: {
  clock: Clock;
  random: Random;
  logger: Logger;
  letGo: AbortSignal;
  /** Overrides of the defaults. */
  limits?: Partial<HoldBackLimits> | undefined;
}): FailurePolicy {
  const { shortestHoldBackMs, longestHoldBackMs } = { ...holdBackLimits, ...limits };
  const report = createRepeatingReport({ logger, clock });
  let outage: { readonly since: number; readonly reason: string } | null = null;

  const holdBack = async (failure: OperationalFailure) => {
    if (letGo.aborted) return;
    const now = clock.now();
    // Said once: every unacknowledged command meets the same outage.
    if (outage === null) logger.warn({ err: failure }, 'commands are held back and tried again');
    outage = { since: outage?.since ?? now, reason: failure.message };
    const ceilingMs = Math.min(Math.max(now - outage.since, shortestHoldBackMs), longestHoldBackMs);
    await clock.sleep((ceilingMs * (1 + random.fraction())) / 2, letGo);
  };

  return {
    async settle(delivery, work) {
      const { eventId, generation, attempt } = delivery.command;
      try {
        await work(delivery.command);
        outage = null;
        report.wentWell(ABOUT);
        delivery.acknowledge();
      } catch (error) {
        if (error instanceof AttemptNotDue) return error;
        if (error instanceof OperationalFailure && error.retryable) {
          await holdBack(error);
          delivery.release();
        } else {
          report.occurred({
            about: ABOUT,
            kind: kindOf(error),
            level: 'error',
            fields: { err: error, eventId, generation, attempt },
            message: 'the event cannot be processed as it stands',
          });
          delivery.acknowledge();
        }
      }
      return null;
    },
    unhealthyReason: () => outage?.reason ?? null,
  };
}
