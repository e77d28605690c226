import { LEASE_MARGIN_MS } from './lease.ts';

/** How many events a worker works on at once: as many as the log keeps up with. */
export interface ConcurrencyLimit {
  /** Resolves with `true` once one more may be begun, or with `false` when nothing may be begun any more. */
  begin(): Promise<boolean>;
  /** One that was begun is done. */
  end(): void;
  /**
   * One that was begun waits for something else than the log and holds no other up meanwhile. Resolves as `begin` does,
   * which it counts as once more.
   */
  standAside(until: Promise<unknown>): Promise<boolean>;
  /** How long the log took for a claim. To be called once for each that was begun, before its end. */
  claimTook(tookMs: number): void;
}

export const concurrencyLimits = {
  /**
   * How many events one worker works on at most. The log appends together what waits together, so many at once make
   * few commits; a handler that waits for others hardly costs more than its memory.
   */
  eventsInHand: 1_024,
  /** Where it begins, and the least it comes down to. One more for each quick claim makes a thousand in a moment. */
  eventsAtFirst: 64,
  fewestEvents: 8,
  /**
   * A claim that takes longer says that too much waits for the log. What is begun has to be recorded within its lease,
   * or its attempt is lost, and an overloaded system would spend its time on attempts that are lost.
   */
  slowClaimMs: LEASE_MARGIN_MS / 4,
} as const;
export type ConcurrencyLimits = { readonly [Limit in keyof typeof concurrencyLimits]: number };

/**
 * Additive increase, multiplicative decrease: what keeps TCP from congesting a network.
 * @param letGo aborts when nothing may be begun any more.
 */
export function createConcurrencyLimit(
  { eventsInHand: most, eventsAtFirst, fewestEvents, slowClaimMs }: ConcurrencyLimits,
  letGo: AbortSignal,
): ConcurrencyLimit {
  const waiting: ((may: boolean) => void)[] = [];
  let limit = Math.min(eventsAtFirst, most);
  let inHand = 0;
  let begunBeforeCut = 0;
  letGo.addEventListener('abort', () => {
    for (const answer of waiting.splice(0)) answer(false);
  });

  const beginWaiting = () => {
    while (inHand < limit && waiting.length > 0) {
      inHand++;
      waiting.shift()?.(true);
    }
  };
  const begin = () =>
    new Promise<boolean>((resolve) => {
      if (letGo.aborted) return resolve(false);
      waiting.push(resolve);
      beginWaiting();
    });
  const end = () => {
    inHand--;
    beginWaiting();
  };
  return {
    begin,
    end,
    standAside: async (until) => {
      if (begunBeforeCut > 0) begunBeforeCut--;
      end();
      await until;
      // Counted as begun also when nothing may be begun any more, because its end is to come.
      if (await begin()) return true;
      inHand++;
      return false;
    },
    claimTook: (tookMs) => {
      // These say nothing about what is after the cut.
      if (begunBeforeCut > 0) begunBeforeCut--;
      else if (tookMs < slowClaimMs) limit = Math.min(most, limit + 1);
      else {
        limit = Math.min(most, Math.max(fewestEvents, Math.floor(Math.min(limit, inHand) / 2)));
        begunBeforeCut = inHand;
      }
    },
  };
}
