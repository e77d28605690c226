import type { TypePauses } from '../../application/event-types/type-pauses.ts';
import type { CommandBus } from '../../application/ports/command-bus.ts';
import type { DueKind, DueWork } from '../../application/ports/due-work.ts';
import type { EventReader } from '../../application/ports/event-log.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { heldAmong } from './held-among.ts';
import type { SweepLimits } from './limits.ts';
import { nextAttempt } from './next-attempt.ts';

export interface AskForAttemptsDependencies {
  readonly log: Pick<EventReader, 'readPages' | 'readStream'>;
  readonly dueWork: Pick<DueWork, 'take' | 'putOff' | 'park'>;
  /** Which types are paused; none by default. */
  readonly pauses?: TypePauses | undefined;
  readonly bus: Pick<CommandBus, 'publish' | 'backlog'>;
  readonly limits: SweepLimits;
  readonly signal: AbortSignal;
}

export interface AskedForAttempts {
  /** There may be more to ask for at once. */
  readonly isMore: boolean;
  /** Why nothing is asked for again, in words; `null` when there is no reason or it passes by itself. */
  readonly heldBack: string | null;
}

/**
 * One page of commands of each kind. What a pause holds is parked, so that it hides nothing else. A retry that is due is published once, whatever waits in the queue, because it is not
 * there yet. What was published before, by the dispatcher or by an earlier sweep, is asked for again only while workers
 * take commands and the queue is short: a command that nothing takes is not lost, and asking again would lengthen the
 * queue for as long as there are no workers, and have used up the short delays when they are back.
 * @throws {ReadDatabaseUnavailable} @throws {CommandBusUnavailable} what was not published comes up again soon.
 */
export async function askForAttempts(dependencies: AskForAttemptsDependencies): Promise<AskedForAttempts> {
  const { bus, limits, signal } = dependencies;
  // Also says, before any row is taken, when the bus is unavailable.
  const { waiting, consumers } = await unlessAborted(bus.backlog(), signal);
  let isMore = await askForPage(dependencies, 'retry');
  if (consumers > 0 && waiting < limits.maxBacklog) {
    isMore = (await askForPage(dependencies, 'command')) || isMore;
    isMore = (await askForPage(dependencies, 'paused')) || isMore;
  }
  const isNobodyThere = consumers === 0 && waiting > 0;
  return { isMore, heldBack: isNobodyThere ? 'commands wait, and no worker takes any; start one' : null };
}

/** @returns whether the page was full. */
async function askForPage(dependencies: AskForAttemptsDependencies, kind: DueKind): Promise<boolean> {
  const { dueWork, bus, limits, signal } = dependencies;
  const { askAgainAfterMs, askAgainAtLeastEveryMs, pageRows, commandsPerCall, holdMs } = limits;
  const again = { initialDelayMs: askAgainAfterMs, maxDelayMs: askAgainAtLeastEveryMs };
  const rows = await dueWork.take(kind, pageRows, holdMs);
  const { held, others } = await heldAmong(dependencies, rows);
  if (held.length > 0) await dueWork.park(held, limits.lookAtPausedEveryMs);
  for (let from = 0; from < others.length; from += commandsPerCall) {
    const some = others.slice(from, from + commandsPerCall);
    await unlessAborted(bus.publish(some.map(nextAttempt)), signal);
    await dueWork.putOff(some, again);
  }
  return rows.length >= pageRows;
}
