import { LEASE_MARGIN_MS } from './process-event.ts';

/** How many events a worker has in hand: as many as the log keeps up with. */
export interface Pace {
  /** Resolves with `true` once one more may be begun, or with `false` when nothing may be begun any more. */
  begin(): Promise<boolean>;
  /** One that was begun is done. */
  end(): void;
  /** How long the log took for a claim. To be called once for each that was begun, before its end. */
  claimTook(tookMs: number): void;
}

/** Where it begins, and the least it comes down to. One more for each quick claim makes a thousand in a moment. */
const AT_FIRST = 64;
const FEWEST = 8;
/**
 * A claim that takes longer says that too much waits for the log. What is begun has to be recorded within its lease, or
 * its attempt is lost, and an overloaded system would spend its time on attempts that are lost.
 */
const SLOW_CLAIM_MS = LEASE_MARGIN_MS / 4;

/**
 * Additive increase, multiplicative decrease: what keeps TCP from congesting a network.
 * @param letGo aborts when nothing may be begun any more.
 */
export function createPace(most: number, letGo: AbortSignal): Pace {
  const waiting: ((may: boolean) => void)[] = [];
  let limit = Math.min(AT_FIRST, most);
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
  return {
    begin: () =>
      new Promise((resolve) => {
        if (letGo.aborted) return resolve(false);
        waiting.push(resolve);
        beginWaiting();
      }),
    end: () => {
      inHand--;
      beginWaiting();
    },
    claimTook: (tookMs) => {
      // These say nothing about what is after the cut.
      if (begunBeforeCut > 0) begunBeforeCut--;
      else if (tookMs < SLOW_CLAIM_MS) limit = Math.min(most, limit + 1);
      else {
        limit = Math.max(FEWEST, Math.floor(Math.min(limit, inHand) / 2));
        begunBeforeCut = inHand;
      }
    },
  };
}
