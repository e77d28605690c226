import type { MonotonicClock } from '../../application/ports/clock.ts';
import type { Count, SharedCounts } from '../../application/ports/shared-counts.ts';
import { kindOf, type RepeatingReport } from '../../application/repeating-report.ts';
import { type Quota, WINDOW_MS } from './quota.ts';

export const exchangeLimits = {
  everyMs: 1_000,
  /** Sooner, when a key has been counted often since it was reported; but not sooner than that after the one before. */
  atMostEveryMs: 100,
  /** A count is reported once it differs by this part of the quota: most clients stay far below, and are in no report. */
  reportedPart: 1 / 20,
  /** So that it is not forgotten while it stays as it is. */
  reportedAgainMs: WINDOW_MS / 3,
  /** Keys of others that are known at one time, of all quotas together. */
  mostKeysOfOthers: 20_000,
} as const;

export interface ExchangeOptions {
  readonly shared: SharedCounts;
  readonly clock: MonotonicClock;
  readonly report: RepeatingReport;
}

export interface Exchange {
  /** To be called when a key was counted. */
  counted(quota: Quota, key: string): void;
  /** Until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

interface Reported {
  readonly count: number;
  readonly atMs: number;
}

const ABOUT = 'counts of requests';

/**
 * Reports to the other processes what this one has counted, and to its quotas what they have, in the background: no request waits
 * for it, and while it fails each process counts alone.
 */
export function exchangeCounts(quotas: readonly Quota[], { shared, clock, report }: ExchangeOptions): Exchange {
  const reportedOf = new Map(quotas.map((quota) => [quota, new Map<string, Reported>()]));
  const partOf = ({ most }: Quota) => Math.max(1, Math.floor(most * exchangeLimits.reportedPart));
  const reportedBy = (quota: Quota) => reportedOf.get(quota) ?? new Map<string, Reported>();
  let wanted = Promise.withResolvers<void>();

  function unreported(quota: Quota): readonly Count[] {
    const reported = reportedBy(quota);
    const now = clock.monotonicMs();
    const differing = [...quota.counts.all()].filter(([key, count]) => {
      const before = reported.get(key);
      if (before === undefined) return count >= partOf(quota);
      const isOld = now - before.atMs >= exchangeLimits.reportedAgainMs;
      return isOld || count === 0 || Math.abs(count - before.count) >= partOf(quota);
    });
    return differing.map(([key, count]) => ({ what: quota.name, key, count }));
  }

  function remember(quota: Quota, counts: readonly Count[], atMs: number): void {
    const reported = reportedBy(quota);
    for (const { key, count } of counts)
      if (count === 0) reported.delete(key);
      else reported.set(key, { count, atMs });
    // Of keys that had to make room: the report itself is forgotten by the others.
    for (const [key, before] of reported) if (atMs - before.atMs > WINDOW_MS) reported.delete(key);
  }

  async function exchange(): Promise<void> {
    const atMs = clock.monotonicMs();
    const counts = quotas.map(unreported);
    const all = counts.flat();
    if (all.length > 0) await shared.report(all);
    quotas.forEach((quota, index) => remember(quota, counts[index] ?? [], atMs));
    const ofOthers = Map.groupBy(await shared.ofOthers(exchangeLimits.mostKeysOfOthers), ({ what }) => what);
    for (const quota of quotas) {
      const others = new Map((ofOthers.get(quota.name) ?? []).map(({ key, count }) => [key, count]));
      // What is known is true for a window: a process that was suspended must not go by what it knew before.
      const isRecent = () => clock.monotonicMs() - atMs <= WINDOW_MS;
      quota.elsewhere = others.size === 0 ? () => 0 : (key) => (isRecent() ? (others.get(key) ?? 0) : 0);
    }
  }

  const tryToExchange = () =>
    exchange().then(
      () => report.wentWell(ABOUT),
      (error: unknown) =>
        report.occurred({
          about: ABOUT,
          kind: kindOf(error),
          level: 'warn',
          fields: { err: error },
          message: 'each process counts requests alone: the counts cannot be exchanged',
        }),
    );

  return {
    counted(quota, key) {
      const before = reportedBy(quota).get(key)?.count ?? 0;
      if (quota.counts.of(key) - before >= partOf(quota)) wanted.resolve();
    },
    async run(signal) {
      while (!signal.aborted) {
        wanted = Promise.withResolvers();
        await tryToExchange();
        await clock.sleep(exchangeLimits.atMostEveryMs, signal);
        const enough = new AbortController();
        const rest = clock.sleep(
          exchangeLimits.everyMs - exchangeLimits.atMostEveryMs,
          AbortSignal.any([signal, enough.signal]),
        );
        await Promise.race([rest, wanted.promise]);
        enough.abort();
      }
    },
  };
}
