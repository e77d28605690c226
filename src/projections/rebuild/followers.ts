import type { BackgroundService } from '../../application/ports/background-service.ts';
import type { Subscriber } from '../../application/run-subscription.ts';
import type { Projector } from '../projector.ts';
import type { ReadModel } from '../read-model.ts';
import { type BothCopies, bothCopies } from './both-copies.ts';
import type { CatchUp } from './fill.ts';
import type { FollowedCopy } from './followed-copy.ts';

/** A subscriber that follows the log until it is stopped. */
export interface Following extends BackgroundService {
  /** Resolves once everything that was in the log at the start has been handled. */
  readonly caughtUp: Promise<void>;
}

export interface FollowersDependencies {
  readonly catchUp: CatchUp;
  readonly projector: (copy: FollowedCopy) => Projector;
  /** Beside which the rows of `copies` are repaired. */
  readonly follow: (subscriber: Subscriber, copies: readonly FollowedCopy[]) => Following;
}

export interface InStep {
  readonly both: BothCopies;
  /** Rejects once the copy beside has been left alone. */
  readonly left: Promise<never>;
}

/** What follows the log for a read model: for the copy that is read alone, or for both in step. */
export interface Followers {
  current(): Following | null;
  /** Unless something is followed already. */
  alone(live: ReadModel): Promise<void>;
  /**
   * Both, one after the other in each batch. The one that is read stands still for as long as the other one takes to reach the
   * end of the log, which it had reached just before.
   */
  inStep(live: ReadModel, beside: FollowedCopy, signal: AbortSignal): Promise<InStep>;
  stop(): Promise<void>;
}

interface Joined extends InStep {
  readonly live: ReadModel;
  readonly beside: ReadModel;
  isLeft: boolean;
  caughtUp: Promise<void>;
}

export function createFollowers({ catchUp, projector, follow }: FollowersDependencies): Followers {
  let current: Following | null = null;
  let inStep: Joined | null = null;

  async function start(subscriber: Subscriber, copies: readonly FollowedCopy[]): Promise<Following> {
    current = follow(subscriber, copies);
    await current.start();
    return current;
  }
  async function stop(): Promise<void> {
    const [stopped, both] = [current, inStep?.both];
    current = null;
    inStep = null;
    const ending = stopped?.stop();
    both?.release();
    await ending;
  }

  return {
    current: () => current,
    async alone(live) {
      if (current === null) await start(projector({ readModel: live, slot: null }), [{ readModel: live, slot: null }]);
    },
    async inStep(live, beside, signal) {
      const known = inStep;
      if (known !== null && !known.isLeft && known.live === live && known.beside === beside.readModel)
        return onceInStep(known, signal);
      if (known !== null) await stop();
      await this.alone(live);
      await catchUp(beside, signal);
      await stop();
      // From here on all that the one has is in the other.
      await catchUp(beside, signal);
      const leaving = Promise.withResolvers<never>();
      leaving.promise.catch(() => {});
      const both = bothCopies(projector({ readModel: live, slot: null }), projector(beside), (error) => {
        joined.isLeft = true;
        leaving.reject(error);
      });
      const of = { live, beside: beside.readModel, isLeft: false };
      const joined: Joined = { both, left: leaving.promise, ...of, caughtUp: new Promise<never>(() => {}) };
      inStep = joined;
      joined.caughtUp = (await start(both, [{ readModel: live, slot: null }, beside])).caughtUp;
      return onceInStep(joined, signal);
    },
    stop,
  };
}

/** Whoever waited for it before may have given up. */
async function onceInStep(joined: Joined, signal: AbortSignal): Promise<Joined> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason as Error);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  await Promise.race([joined.caughtUp, joined.left, aborted.promise]);
  return joined;
}
