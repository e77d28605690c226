import type { Subscriber } from '../../application/run-subscription.ts';
import type { Projector } from '../projector.ts';
import { FellBehind } from './passing-failures.ts';

export interface BothCopies extends Subscriber {
  /** Whether both are of one position now, with nothing under way that would change that. */
  areInStep(): boolean;
  /** Runs `work` between two batches, so that both copies stay of one position meanwhile. */
  between<Result>(work: () => Promise<Result>): Promise<Result>;
  /** As `between`; no batch is handled afterwards, however `work` ended. */
  endWith(work: () => Promise<void>): Promise<void>;
  /** Called once nothing follows the log with it any more, for a batch that came after its end. */
  release(): void;
}

/**
 * Writes each batch to the copy that is read, and then to the one beside it: a row is compared with one of the same position of the
 * log, and the copies can be exchanged between any two batches. What happens to the one beside never holds the other up: it is
 * left alone from the first failure on.
 * @param beside is ahead of `live`, or at the same position, when this is followed for the first time.
 */
export function bothCopies(live: Projector, beside: Projector, onLeft: (error: unknown) => void): BothCopies {
  let isFirst = true;
  let isFollowing = true;
  let isCaughtUp = false;
  let isEnded = false;
  const released = Promise.withResolvers<void>();
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  async function withBeside(work: () => Promise<unknown>): Promise<void> {
    if (!isFollowing) return;
    try {
      await work();
    } catch (error) {
      isFollowing = false;
      onLeft(error);
    }
  }

  return {
    ...live,
    async load() {
      isCaughtUp = false;
      const checkpoint = await live.load();
      await withBeside(async () => {
        const other = await beside.load();
        // Afterwards one of them may have a batch that the other one lacks.
        if (!isFirst && other !== checkpoint)
          throw new FellBehind('the two copies are of different positions in the log');
      });
      isFirst = false;
      return checkpoint;
    },
    handle: async (transitions, checkpoint) => {
      const rest = await inTurn(async () => {
        if (isEnded) {
          await released.promise;
          throw new Error('the copies are followed no longer');
        }
        const restOfLive = await live.write(transitions, checkpoint).catch((error: unknown) => {
          // What is stored is known again once it was loaded.
          isCaughtUp = false;
          throw error;
        });
        await withBeside(() => beside.write(transitions, checkpoint));
        return restOfLive;
      });
      await rest();
    },
    async caughtUp() {
      await live.caughtUp?.();
      await inTurn(() =>
        withBeside(async () => {
          const { checkpoint } = live.progress();
          // Nothing of what is between the two concerned them, or it would have been handled.
          if (checkpoint !== null && beside.progress().checkpoint !== checkpoint) await beside.write([], checkpoint);
          await beside.caughtUp?.();
        }),
      );
      isCaughtUp = true;
    },
    areInStep: () => isFollowing && isCaughtUp,
    between: inTurn,
    endWith: (work) =>
      inTurn(() =>
        work().finally(() => {
          isEnded = true;
        }),
      ),
    release: released.resolve,
  };
}
