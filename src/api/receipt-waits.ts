import { createProver, type Prover } from '../application/anchoring/prove-transitions.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EventReader, RecordedTransition } from '../application/ports/event-log.ts';
import type { TreeReader } from '../application/ports/tree-store.ts';

/** How often it is looked whether a checkpoint was signed, while any request waits for one. */
export const LOOK_EVERY_MS = 500;

export interface ReceiptWaits {
  /**
   * What proves the transition, once a checkpoint covers it; `null` at the timeout, when the client is gone, when the
   * server closes, and at once when as many are waiting as may, of all clients or of this one.
   */
  until(recorded: Place, wait: ReceiptWait): Promise<Prover | null>;
  /** Ends every wait, and all that come. */
  close(): void;
}

type Place = Pick<RecordedTransition, 'position' | 'revision'>;

export interface ReceiptWait {
  readonly clientId: string;
  readonly timeoutMs: number;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

interface Options {
  readonly log: Pick<EventReader, 'readStream'>;
  readonly auditTree: TreeReader;
  readonly clock: Clock;
  /** Requests that wait at one time. */
  readonly limit: number;
  readonly limitOfOneClient: number;
}

/** Requests that wait for the next checkpoint. One look at the tree serves all of them, and none is made while none waits. */
export function createReceiptWaits({ log, auditTree, clock, limit, limitOfOneClient }: Options): ReceiptWaits {
  const waiting = new Map<(prover: Prover | null) => void, Place & { readonly clientId: string }>();
  let closed = false;
  let isLooking = false;
  let seenSize = -1;

  /** In all, or of this client. */
  function isFullFor(clientId: string): boolean {
    const ofClient = [...waiting.values()].filter((waiter) => waiter.clientId === clientId);
    return waiting.size >= limit || ofClient.length >= limitOfOneClient;
  }

  async function look(): Promise<void> {
    const size = (await auditTree.state())?.signed?.checkpoint.size ?? 0;
    if (size === seenSize) return;
    const prover = await createProver({ log, tree: auditTree });
    seenSize = size;
    for (const [end, place] of waiting) if (prover?.isAnchored(place)) end(prover);
  }

  async function lookAgainAndAgain(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    while (waiting.size > 0 && !closed) {
      // A tree that is unavailable becomes available again, or the waits end at their time.
      await look().catch(() => {});
      await clock.sleep(LOOK_EVERY_MS);
    }
    isLooking = false;
  }

  return {
    until(place, { clientId, timeoutMs, signal }) {
      if (closed || signal.aborted || isFullFor(clientId)) return Promise.resolve(null);
      return new Promise((resolve) => {
        const timer = new AbortController();
        const end = (prover: Prover | null) => {
          waiting.delete(end);
          timer.abort();
          signal.removeEventListener('abort', gone);
          resolve(prover);
        };
        const gone = () => end(null);
        signal.addEventListener('abort', gone, { once: true });
        waiting.set(end, { ...place, clientId });
        void clock.sleep(timeoutMs, timer.signal).then(gone);
        // What was signed before it came says nothing of it, but for a replayed request.
        seenSize = -1;
        void lookAgainAndAgain();
      });
    },
    close() {
      closed = true;
      for (const end of [...waiting.keys()]) end(null);
    },
  };
}
