import { setTimeout as pause } from 'node:timers/promises';
import type { Breach } from '../../guarantees/find-breaches.ts';
import { recordCounts } from '../record-counts.ts';
import type { FaultySystem } from './faulty-system.ts';
import { countAnswers, type SteadyClients, steadyClients } from './steady-clients.ts';

export interface Fault {
  /** As it is to be called in the table. */
  readonly test: string;
  readonly begin: (clients: SteadyClients) => Promise<void> | void;
  /** How long it lasts, in full. */
  readonly lastsMs: number;
  readonly end: () => Promise<void> | void;
  /** New events; 100 unless told. */
  readonly perSecond?: number;
}

export interface Aftermath {
  /** The answers that clients got while the fault lasted. */
  readonly during: Readonly<Record<string, number>>;
  /** All that is wrong once everything is at rest again. */
  readonly breaches: readonly Breach[];
  /** Roles whose processes ended by themselves. */
  readonly ended: FaultySystem['ended'] extends () => infer Roles ? Roles : never;
}

/** New events with a 2xx, before the fault and after it. */
const SOME_EVENTS = 100;

/** A fault in the middle of load; then peace, and all that the system left is held against the guarantees. */
export async function liveThrough(
  system: FaultySystem,
  { test, begin, lastsMs, end, perSecond = 100 }: Fault,
): Promise<Aftermath> {
  const clients = steadyClients({ ...system, source: `faults/${test.replaceAll(/\W+/g, '-')}`, perSecond });
  await clients.untilTaken(SOME_EVENTS);
  await begin(clients);
  const before = clients.answers.length;
  await pause(lastsMs);
  const during = countAnswers(clients.answers.slice(before));
  await end();
  await clients.untilTaken(SOME_EVENTS);
  await clients.stop();
  const evidence = await system.evidence();
  const figures = Object.fromEntries(
    Object.entries(during).map(([kind, count]) => [`${kind} during ${lastsMs / 1_000} s`, count]),
  );
  return { during, breaches: recordCounts({ test, evidence, figures }), ended: system.ended() };
}
