import type { Clock } from '../../application/ports/clock.ts';
import type { CommandPublisher } from '../../application/ports/command-bus.ts';
import type { DueEvent } from '../../application/ports/due-work.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { AskedRows } from './asked-rows.ts';
import { nextAttempt } from './next-attempt.ts';

/**
 * One call to the bus. When the bus is full, publishers take turns, and the dispatcher's calls are ten times as large:
 * under overload most of its room goes to new events, not to asking again for old ones.
 */
const COMMANDS_PER_CALL = 100;

/** A row whose command is published is left alone for so long: the worker and the projector have to do their parts. */
const ASK_AGAIN_AFTER_MS = 30_000;
/** And one whose command the bus did not take, for so long. */
const TRY_AGAIN_AFTER_MS = 5_000;

export interface DuePublisher {
  /** Publishes the rows' commands in the background, one call after the other: a bus that takes none holds nobody up. */
  publish(rows: readonly DueEvent[]): void;
  trouble(): string | null;
}

export function createDuePublisher(
  { bus, clock }: { readonly bus: CommandPublisher; readonly clock: Clock },
  asked: AskedRows,
  signal: AbortSignal,
): DuePublisher {
  const waiting: DueEvent[] = [];
  let isPublishing = false;
  let trouble: string | null = null;

  const publishAll = async () => {
    isPublishing = true;
    while (waiting.length > 0 && !signal.aborted) {
      const rows = waiting.splice(0, COMMANDS_PER_CALL);
      try {
        await unlessAborted(bus.publish(rows.map(nextAttempt)), signal);
        trouble = null;
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error);
      }
      const notBefore = clock.now() + (trouble === null ? ASK_AGAIN_AFTER_MS : TRY_AGAIN_AFTER_MS);
      for (const row of rows) asked.remember(row, notBefore);
    }
    isPublishing = false;
  };

  return {
    publish: (rows) => {
      for (const row of rows) asked.remember(row, Number.POSITIVE_INFINITY);
      waiting.push(...rows);
      if (!isPublishing) void publishAll();
    },
    trouble: () => trouble,
  };
}
