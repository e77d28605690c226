import { setTimeout as pause } from 'node:timers/promises';
import type { Breach } from '../../guarantees/find-breaches.ts';
import { recordCounts } from '../record-counts.ts';
import type { FaultySystem } from './faulty-system.ts';
import { countAnswers, steadyClients } from './steady-clients.ts';

export interface Fault {
  /** As it is to be called in the table. */
  readonly test: string;
  readonly begin: (system: FaultySystem) => Promise<void> | void;
  /** How long it lasts, in full. */
  readonly lastsMs: number;
  readonly end: (system: FaultySystem) => Promise<void> | void;
  /** New events; 20 by default. */
  readonly perSecond?: number;
}

export interface Aftermath {
  /** The answers that clients got from the fault's beginning on. */
  readonly during: Readonly<Record<string, number>>;
  /** All that is wrong once everything is at rest again. */
  readonly breaches: readonly Breach[];
  /** Roles whose processes ended by themselves. */
  readonly ended: ReturnType<FaultySystem['ended']>;
}

/** New events with a 2xx, before the fault and after it. */
const SOME_EVENTS = 50;

/** A fault in the middle of load; then peace, and all that the system left is held against the guarantees. */
export async function liveThrough(
  system: FaultySystem,
  { test, begin, lastsMs, end, perSecond = 20 }: Fault,
): Promise<Aftermath> {
  const clients = steadyClients({ ...system, source: `faults/${test.replaceAll(/\W+/g, '-')}`, perSecond });
  await clients.untilTaken(SOME_EVENTS);
  await begin(system);
  const before = clients.answers.length;
  await pause(lastsMs);
  const answers = clients.answers.slice(before);
  await end(system);
  await clients.untilTaken(SOME_EVENTS);
  await clients.stop();
  const evidence = await system.evidence();
  // Those who waited for the end of the fault count, too.
  const during = countAnswers(clients.answers.slice(before));
  const figures = {
    ...Object.fromEntries(
      Object.entries(countAnswers(answers)).map(([kind, count]) => [`${kind} during ${lastsMs / 1_000} s`, count]),
    ),
    'seconds to rest': evidence.secondsToRest,
    'slowest answer in ms': Math.round(Math.max(...clients.answers.map(({ tookMs }) => tookMs))),
  };
  return { during, breaches: recordCounts({ test, evidence, figures }), ended: system.ended() };
}
