import { inTime } from '../in-time.ts';
import type { SeededMoments } from '../seeded-moments.ts';

const STARTED_WITHIN_MS = 120_000;

/** Something that can be killed and started again. */
export interface Victim {
  /** Under which its kills are counted. */
  readonly name: string;
  kill(): Promise<void>;
  /** Begins a new life; `ready` resolves once it serves, and may be left alone by whoever kills it before that. */
  start(): { readonly ready: Promise<void> };
}

export interface KillingOptions {
  readonly moments: SeededMoments;
  readonly times: number;
  /** Of each life, after it has become ready. */
  readonly longestLifeMs: number;
  readonly longestAbsenceMs: number;
  /** The part of the lives that end before they are ready, if all goes as usual. */
  readonly killedWhileStarting: number;
  readonly onKill: (victim: Victim, wasStarting: boolean) => void;
}

/** Kills a victim that serves at random moments, again and again. Resolves when it serves again after the last time. */
export async function killAgainAndAgain(victim: Victim, options: KillingOptions): Promise<void> {
  const { moments, times, longestLifeMs, longestAbsenceMs, killedWhileStarting, onKill } = options;
  let startMs = 1_000;
  let ready: Promise<void> | null = null;
  const untilReady = async () => {
    const startedAt = performance.now();
    await inTime(`The ${victim.name} serves again`, STARTED_WITHIN_MS, ready ?? Promise.resolve());
    if (ready !== null) startMs = performance.now() - startedAt;
  };
  for (let kill = 0; kill < times; kill++) {
    const wasStarting = ready !== null && moments.fraction() < killedWhileStarting;
    if (wasStarting) await moments.within(startMs);
    else {
      await untilReady();
      await moments.within(longestLifeMs);
    }
    await victim.kill();
    onKill(victim, wasStarting);
    await moments.within(longestAbsenceMs);
    ({ ready } = victim.start());
  }
  await untilReady();
}
