import { streamOf } from '../../application/event-identity.ts';
import type { DueWork } from '../../application/ports/due-work.ts';
import { type ExpireLeasesDependencies, expireLeases } from './expire-leases.ts';
import type { SweepLimits } from './limits.ts';

/** What the report of unreadable transitions is about. */
const ABOUT = 'last transitions';

export interface LookIntoAttemptsDependencies extends ExpireLeasesDependencies {
  readonly dueWork: Pick<DueWork, 'take' | 'putOff' | 'readAgain'>;
  /**
   * No worker of an earlier process can be alive, as an exclusive data folder proves: a claim of any worker but ours need
   * not be believed until its lease ends.
   */
  readonly earlierWorkersAreGone: boolean;
  readonly limits: SweepLimits;
}

/**
 * One page of attempts whose leases have ended, and one of events whose last transition could not be read. What cannot be
 * done yet, because clocks differ or the event still cannot be read, comes up again, later each time.
 * @throws {ReadDatabaseUnavailable} @throws {LogUnavailable} the rows come up again.
 */
export async function lookIntoAttempts(dependencies: LookIntoAttemptsDependencies): Promise<{
  readonly isMore: boolean;
  readonly heldBack: null;
}> {
  const { dueWork, earlierWorkersAreGone, limits, worker } = dependencies;
  const { pageRows, lookAgainAfterMs, lookAgainAtLeastEveryMs, holdMs } = limits;
  const again = { initialDelayMs: lookAgainAfterMs, maxDelayMs: lookAgainAtLeastEveryMs };
  const ended = await dueWork.take('lease', pageRows, holdMs);
  await expireLeases(
    dependencies,
    ended.map(({ eventId }) => eventId),
    (other) => earlierWorkersAreGone && other !== worker,
  );
  await dueWork.putOff(ended, again);
  const unread = await dueWork.take('unreadable', pageRows, holdMs);
  for (const { eventId } of unread) await readAgain(dependencies, eventId);
  await dueWork.putOff(unread, again);
  return { isMore: ended.length >= pageRows || unread.length >= pageRows, heldBack: null };
}

async function readAgain({ dueWork, log, report }: LookIntoAttemptsDependencies, eventId: string): Promise<void> {
  const isRead = await dueWork.readAgain(await log.readStream(streamOf(eventId)));
  if (isRead) report.wentWell(ABOUT);
  else
    report.occurred({
      about: ABOUT,
      kind: 'unreadable',
      level: 'error',
      fields: { eventId },
      message:
        'the last transition of an event cannot be read; until a version that can is started, nothing happens to it',
    });
}
