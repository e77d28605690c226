import type { Fault } from '../../eventstoredb/faults/fault.ts';
import type { FullProfile } from '../../full-profile/full-profile.ts';
import type { SeededMoments } from '../seeded-moments.ts';

const LONGEST_PAUSE_MS = 2_000;

export interface LogTroubles {
  readonly counts: Readonly<Record<string, number>>;
  /** How often its server was killed. */
  kills(): number;
  /** Resolves once the last trouble is over. */
  stop(): Promise<void>;
}

/** The faults of the full profile's log from time to time, each as if by its server or the network. */
export function troubleTheLog(profile: FullProfile, moments: SeededMoments, kills: number): LogTroubles {
  const counts: Record<string, number> = {};
  const count = (name: string, times = 1) => {
    counts[name] = (counts[name] ?? 0) + times;
  };
  const several = () => 1 + Math.floor(moments.fraction() * 5);
  const strike = (name: string, fault: Fault & { readonly next: number }) => async () => {
    await profile.log().faults.set(fault);
    count(name, fault.next);
  };
  const troubles = [
    () => strike('lost replies', { fault: 'lose-reply', next: several() })(),
    () => strike('late replies', { fault: 'delay', delayMs: 1_000, next: several() })(),
    () => strike('time-outs of the log', { fault: 'time-out', next: several() })(),
    () => strike('changes of leader', { fault: 'not-leader', next: several() })(),
    () => strike('busy answers', { fault: 'server-busy', next: several() })(),
    async () => count('cut connections', await profile.log().faults.dropConnections()),
    async () => count('ended subscriptions', await profile.log().faults.endSubscriptions()),
  ] as const;
  let isStopping = false;
  let killed = 0;
  const trouble = async () => {
    while (!isStopping) {
      await moments.within(LONGEST_PAUSE_MS);
      if (killed < kills && moments.fraction() < 0.2) {
        await profile.restartLog();
        killed += 1;
      } else await moments.oneOf(troubles)();
    }
    for (; killed < kills; killed++) await profile.restartLog();
    await profile.log().faults.lift();
  };
  const troubling = trouble();
  // Told by `stop`.
  troubling.catch(() => {});
  return {
    counts,
    kills: () => killed,
    stop: async () => {
      isStopping = true;
      await troubling;
    },
  };
}
