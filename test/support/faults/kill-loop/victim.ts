import { setTimeout as wait } from 'node:timers/promises';
import { inTime } from '../in-time.ts';
import type { SeededMoments } from '../seeded-moments.ts';

const STARTED_WITHIN_MS = 120_000;
const LIVES_FOR_STARTS = 0.5;

/** Something that can be killed and started again. */
export interface Victim {
  /** Under which its kills are counted. */
  readonly name: string;
  kill(): Promise<void>;
  /** Begins a new life; `ready` resolves once it serves, and may be left alone by whoever kills it before that. */
  start(): Life;
}

export interface Life {
  readonly ready: Promise<void>;
}

export interface KillingOptions {
  readonly moments: SeededMoments;
  readonly times: number;
  /** Of each life, from when it serves; more where it takes long to start, or a slow machine would get nothing done. */
  readonly longestLifeMs: number;
  readonly longestAbsenceMs: number;
  /** The part of the lives that end before they are ready, if all goes as usual. */
  readonly killedWhileStarting: number;
  /** A life that does not serve after that, because what it needs is away, counts as if it did; without limit by default. */
  readonly patienceMs?: number;
  readonly onKill: (wasStarting: boolean) => void;
}

/** Kills a victim at random moments, again and again. @returns its last life, which has just begun. */
export async function killAgainAndAgain(victim: Victim, first: Life, options: KillingOptions): Promise<Life> {
  const { moments, times, longestLifeMs, longestAbsenceMs, killedWhileStarting, patienceMs, onKill } = options;
  let life = first;
  let startMs = 1_000;
  for (let kill = 0; kill < times; kill++) {
    const wasStarting = moments.fraction() < killedWhileStarting;
    if (wasStarting) await moments.within(startMs);
    else {
      const startedAt = performance.now();
      const patience = patienceMs === undefined ? [] : [wait(patienceMs)];
      await Promise.race([untilReady(victim, life), ...patience]);
      startMs = performance.now() - startedAt;
      await moments.within(Math.max(longestLifeMs, startMs * LIVES_FOR_STARTS));
    }
    await victim.kill();
    onKill(wasStarting);
    await moments.within(longestAbsenceMs);
    life = victim.start();
  }
  return life;
}

export const untilReady = ({ name }: Victim, { ready }: Life) =>
  inTime(`The ${name} serves again`, STARTED_WITHIN_MS, ready);
