import type { Access, AccessCount, AccessCountStore } from './ports/access-counts.ts';
import type { BackgroundService } from './ports/background-service.ts';
import { type Clock, timestamp } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Random } from './ports/random.ts';
import { createRepeatingReport, kindOf } from './repeating-report.ts';
import { within } from './within.ts';

const HOUR_MS = 3_600_000;

export const accessCountLimits = {
  /**
   * Distinguished in an hour, of each act and code: so many by principal, route and address; then so many without the
   * address; what comes beyond is counted without principal and route, too.
   */
  distinct: 250,
  /** Kept while the read database is unavailable; of more, those of the earliest hours are dropped. */
  unsaved: 5_000,
  /** Saved in one statement. */
  savedAtOnce: 500,
  /** A process that is killed has lost what it has counted for so long. */
  saveEveryMs: 10_000,
  /** A shutdown waits no longer for the last of it. */
  lastSaveMs: 2_000,
  /** Deleted in one statement; what is left waits for the next turn. */
  deletedAtOnce: 5_000,
} as const;
export type AccessCountLimits = { readonly [Name in keyof typeof accessCountLimits]: number };

export interface AccessCounts extends BackgroundService {
  /** Never waits, and never fails. */
  count(access: Access): void;
}

interface Dependencies {
  readonly store: AccessCountStore;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
  readonly logger: Logger;
  /** What began earlier is deleted. */
  readonly keptMs: number;
  readonly limits?: Partial<AccessCountLimits> | undefined;
}

interface Counting {
  count: AccessCount;
  isSaved: boolean;
}

/**
 * Counts who was refused and who read payloads, by the hour, in memory, and saves the counts in the background: no request
 * waits for them. Counts are absolute and keep their ids, so one that may have been saved is saved again as it is.
 */
export function createAccessCounts({
  store,
  clock,
  random,
  logger,
  keptMs,
  limits: given,
}: Dependencies): AccessCounts {
  const limits = { ...accessCountLimits, ...given };
  const report = createRepeatingReport({ logger, clock });
  const stopping = new AbortController();
  /** Those of the current hour, by what they have in common. */
  let current = new Map<string, Counting>();
  /** How many of them there are of each kind. */
  let distinct = new Map<string, number>();
  let hour = Number.NaN;
  /** Of earlier hours, the earliest first. */
  let earlier: Counting[] = [];
  let running: Promise<void> | null = null;
  let unhealthyReason: string | null = null;

  function turnHour(now: number): void {
    const present = Math.floor(now / HOUR_MS);
    if (present === hour) return;
    hour = present;
    earlier.push(...[...current.values()].filter(({ isSaved }) => !isSaved));
    current = new Map();
    distinct = new Map();
    const surplus = earlier.length - limits.unsaved;
    if (surplus <= 0) return;
    const dropped = earlier.splice(0, surplus).reduce((sum, { count: { requests } }) => sum + requests, 0);
    logger.error(
      { counts: surplus, requests: dropped },
      'counts of refused requests and of reading are dropped: the read database has been unavailable for too long',
    );
  }

  /** The count that the access belongs to, as exact as there is room for; a new one where there is none. */
  function countingOf(access: Access, now: number): Counting {
    const { act, code } = access;
    const withoutAddress = { ...access, address: null };
    const steps = [
      { most: limits.distinct, kept: access },
      { most: limits.distinct, kept: withoutAddress },
      { most: 1, kept: { ...withoutAddress, route: null, principal: null, clientId: null } },
    ];
    for (const [step, { most, kept }] of steps.entries()) {
      const { route, principal, clientId, address } = kept;
      const key = JSON.stringify([step, act, code, route, principal, clientId, address]);
      const known = current.get(key);
      if (known !== undefined) return known;
      const kind = `${step} ${act} ${code}`;
      const others = distinct.get(kind) ?? 0;
      if (others >= most) continue;
      distinct.set(kind, others + 1);
      const at = timestamp(now);
      const counting: Counting = {
        isSaved: true,
        count: {
          ...{ id: random.uuid(), act, code, route, principal, clientId, address, requests: 0, payloads: 0 },
          ...{ firstAt: at, lastAt: at, firstRequestId: access.requestId, lastRequestId: access.requestId },
        },
      };
      current.set(key, counting);
      return counting;
    }
    throw new Error('The last step has room for one of each kind, and finds it');
  }

  async function save(): Promise<void> {
    turnHour(clock.now());
    const unsaved = [...earlier, ...[...current.values()].filter(({ isSaved }) => !isSaved)];
    for (let from = 0; from < unsaved.length; from += limits.savedAtOnce) {
      const batch = unsaved.slice(from, from + limits.savedAtOnce);
      const counts = batch.map(({ count }) => count);
      await store.save(counts);
      // What was counted meanwhile is saved next time.
      for (const [index, each] of batch.entries()) each.isSaved = each.count === counts[index];
    }
    earlier = earlier.filter(({ isSaved }) => !isSaved);
  }

  async function keepSaving(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(limits.saveEveryMs, stopping.signal);
      if (!stopping.signal.aborted) await saveOrReport();
    }
  }

  async function saveOrReport(): Promise<void> {
    try {
      await save();
      await store.deleteBefore(timestamp(clock.now() - keptMs), limits.deletedAtOnce);
      unhealthyReason = null;
      report.wentWell('access counts');
    } catch (error) {
      unhealthyReason = error instanceof Error ? error.message : String(error);
      report.occurred({
        ...{ about: 'access counts', kind: kindOf(error), level: 'warn', fields: { err: error } },
        message: 'counts of refused requests and of reading cannot be saved; it is tried again',
      });
    }
  }

  return {
    name: 'access-counts',
    count(access) {
      const now = clock.now();
      turnHour(now);
      const counting = countingOf(access, now);
      const { requests, payloads } = counting.count;
      counting.count = {
        ...counting.count,
        ...{ requests: requests + 1, payloads: payloads + access.payloads },
        ...{ lastAt: timestamp(now), lastRequestId: access.requestId },
      };
      counting.isSaved = false;
    },
    async start() {
      running = keepSaving();
    },
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      const last = Promise.resolve(running).then(save);
      await within(clock, limits.lastSaveMs, last).catch((error: unknown) =>
        logger.warn({ err: error }, 'the last counts of refused requests and of reading were not saved'),
      );
    },
    unhealthyReason: () => unhealthyReason,
  };
}
