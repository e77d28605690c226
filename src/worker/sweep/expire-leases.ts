import { OperationalFailure } from '../../application/failures.ts';
import { load } from '../../application/load.ts';
import { type Clock, timestamp } from '../../application/ports/clock.ts';
import type { EventReader } from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Random } from '../../application/ports/random.ts';
import { kindOf, type RepeatingReport } from '../../application/repeating-report.ts';
import type { UseCases } from '../../application/use-cases.ts';
import { eventAggregate } from '../../domain/event/aggregate.ts';
import { type PoisonLimits, poisonLimits } from '../../domain/event/suspicion.ts';
import { defaultRetry } from '../handlers/config-schema.ts';
import type { MatchHandler } from '../handlers/match-handler.ts';
import type { SweepLimits } from './limits.ts';

export interface ExpireLeasesDependencies {
  readonly log: Pick<EventReader, 'readStream'>;
  readonly useCases: Pick<UseCases, 'expireLease'>;
  readonly matchHandler: MatchHandler;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Of what comes up again with every look. */
  readonly report: RepeatingReport;
  /** Of this process. */
  readonly worker: string;
  readonly limits: Pick<SweepLimits, 'leasesAtOnce'>;
  /** When an event is given up because workers end when they run it; the domain's own limits by default. */
  readonly poison?: Partial<PoisonLimits> | undefined;
}

/** What the report of leases is about. */
const ABOUT = 'leases';

/**
 * Gives up the attempts of these events whose leases have ended, as their streams have it: what the caller believes
 * about them may be out of date. An event that cannot be read is said and left alone.
 *
 * @param isGone whether a worker is known to be dead, so that the end of its lease need not be waited for.
 * @throws {LogUnavailable} some are done, some are not; doing it again is safe.
 */
export async function expireLeases(
  dependencies: ExpireLeasesDependencies,
  eventIds: readonly string[],
  isGone: (worker: string) => boolean,
): Promise<void> {
  const { leasesAtOnce } = dependencies.limits;
  for (let from = 0; from < eventIds.length; from += leasesAtOnce)
    await Promise.all(eventIds.slice(from, from + leasesAtOnce).map((id) => expire(dependencies, id, isGone)));
}

async function expire(
  { log, useCases, matchHandler, clock, random, logger, report, worker, poison }: ExpireLeasesDependencies,
  eventId: string,
  isGone: (worker: string) => boolean,
): Promise<void> {
  try {
    const event = await load(eventAggregate, log, eventId);
    if (!event.state?.claim) return;
    const { received, claim, generation, attempts } = event.state;
    const expired = await useCases.expireLease(
      eventId,
      {
        generation,
        attempt: attempts,
        claim,
        policy: matchHandler(received.type)?.retry ?? defaultRetry,
        now: timestamp(clock.now()),
        jitter: random.fraction(),
        workerIsGone: isGone(claim.worker),
        poison: { ...poisonLimits, ...poison },
      },
      { actor: { kind: 'process', process: worker } },
      event,
    );
    report.wentWell(ABOUT);
    if (!expired.ok) return;
    const about = { eventId, attempt: attempts, claimedBy: claim.worker };
    if (expired.current.state?.status === 'DEAD')
      logger.error(about, 'poison: workers ended again and again while they ran nothing but this event');
    else logger.info(about, 'the attempt was interrupted: its worker recorded no outcome');
  } catch (error) {
    if (error instanceof OperationalFailure && error.retryable) throw error;
    report.occurred({
      about: ABOUT,
      kind: kindOf(error),
      level: 'error',
      fields: { err: error, eventId },
      message: 'the lease of an event that cannot be read is left as it is',
    });
  }
}
