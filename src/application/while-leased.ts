import type { BackgroundService } from './ports/background-service.ts';
import type { Clock } from './ports/clock.ts';
import type { Lease, Leases } from './ports/leases.ts';
import type { Logger } from './ports/logger.ts';

export const leasedLimits = {
  /** Several of these must fit into a lease: one that is lost or late costs nothing. */
  renewEveryMs: 1_500,
  /** How long the successor of an owner that has gone in good order may let things wait. */
  askEveryMs: 500,
} as const;
export type LeasedLimits = { readonly [Limit in keyof typeof leasedLimits]: number };

export interface LeasedOptions {
  readonly leases: Leases;
  /** Of the lease, and of the service. */
  readonly name: string;
  /** This process. */
  readonly owner: string;
  /** Makes the service for one tenure. Tried again when it fails. */
  readonly begin: (lease: Lease) => Promise<BackgroundService> | BackgroundService;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Overrides of the defaults. */
  readonly limits?: Partial<LeasedLimits> | undefined;
}

/**
 * A service of which one process at a time is the active one, and the others stand by. What is written under the lease
 * is fenced by its epoch; everything else the service does must be harmless twice.
 *
 * An owner that cannot reach the store of leases goes on until it hears that another has taken over: while the store is
 * unavailable none can, and stopping would only make the outage wider.
 */
export function whileLeased({ leases, name, owner, begin, clock, logger, limits }: LeasedOptions): BackgroundService {
  const { renewEveryMs, askEveryMs } = { ...leasedLimits, ...limits };
  const stopping = new AbortController();
  const { signal } = stopping;
  let active: BackgroundService | null = null;
  let unhealthyReason: string | null = null;
  let running: Promise<void> | null = null;

  const warnOnce = (error: unknown, message: string) => {
    if (unhealthyReason === null) logger.warn({ err: error, lease: name }, message);
    unhealthyReason = error instanceof Error ? error.message : String(error);
  };

  const acquire = async () => {
    try {
      const lease = await leases.acquire(name, owner);
      if (lease === null) unhealthyReason = null;
      return lease;
    } catch (error) {
      warnOnce(error, 'cannot ask for the lease; it is tried again');
      return null;
    }
  };

  const isStillOurs = async (lease: Lease) => {
    try {
      const isOurs = await leases.renew(lease);
      unhealthyReason = null;
      return isOurs;
    } catch (error) {
      warnOnce(error, 'cannot prolong the lease; the work goes on until another takes over');
      return true;
    }
  };

  const serve = async (lease: Lease) => {
    try {
      active = await begin(lease);
      await active.start();
      unhealthyReason = null;
      while (!signal.aborted) {
        await clock.sleep(renewEveryMs, signal);
        if (signal.aborted || (await isStillOurs(lease))) continue;
        logger.warn({ lease: name, epoch: lease.epoch.toString() }, 'another process has taken the lease over');
        return;
      }
    } catch (error) {
      warnOnce(error, 'cannot begin under the lease; it is tried again');
    } finally {
      await active?.stop();
      active = null;
    }
  };

  const run = async () => {
    while (!signal.aborted) {
      const lease = await acquire();
      if (lease !== null) {
        // While it cannot begin, that is said once, and so is that it holds the lease.
        if (unhealthyReason === null) logger.info({ lease: name, epoch: lease.epoch.toString() }, 'holds the lease');
        await serve(lease);
        await leases.release(lease).catch((error: unknown) => warnOnce(error, 'the lease is left to expire'));
      }
      await clock.sleep(askEveryMs, signal);
    }
  };

  return {
    name,
    async start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    unhealthyReason: () => active?.unhealthyReason() ?? unhealthyReason,
    notice: () => active?.notice?.() ?? null,
  };
}
