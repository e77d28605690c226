import type { InterruptionCause, TransitionData } from './transitions.ts';

/** A process that ended while it ran the event, which may have been the cause. */
export interface Suspicion {
  /** RFC 3339 in UTC with milliseconds. */
  readonly at: string;
  /** The process of handlers, which the worker outlived, or the worker itself. */
  readonly ended: 'handlers' | 'worker';
  readonly wasAlone: boolean;
}

/**
 * What an event may run beside. A process that ends takes along whatever it runs, so that one event would make suspects
 * of a thousand again and again: who was there once runs beside fewer the next time, until one is left.
 *
 * - `any`: everything;
 * - `few`: at most a few like it, beside everything else;
 * - `own-process`: nothing else in the process of its handler. If that ends, it was this event;
 * - `alone`: nothing else that could end the worker.
 */
export type Company = 'any' | 'few' | 'own-process' | 'alone';

export function companyOf({ suspicions }: { readonly suspicions: readonly Suspicion[] }): Company {
  const workers = suspicions.filter(({ ended }) => ended === 'worker').length;
  if (workers > 1) return 'alone';
  if (workers < suspicions.length) return 'own-process';
  return workers === 1 ? 'few' : 'any';
}

/** A worker that was asked to stop had time to say so: no event is suspected for that. */
export function suspicionOf({ cause, interruptedAt, wasAlone }: Interruption): readonly Suspicion[] {
  return cause === 'stopping' ? [] : [{ at: interruptedAt, ended: endedBy[cause], wasAlone }];
}

type Interruption = Pick<TransitionData<'ProcessingInterrupted'>, 'cause' | 'interruptedAt' | 'wasAlone'>;

const endedBy: Readonly<Record<Exclude<InterruptionCause, 'stopping'>, Suspicion['ended']>> = {
  'process-ended': 'handlers',
  'worker-gone': 'worker',
  'lease-expired': 'worker',
};

/** When an event is taken for poison: so many ends of processes, each while it ran alone, within such a time. */
export interface PoisonLimits {
  readonly maxCrashes: number;
  readonly windowMs: number;
}

/** Three in 72 hours. */
export const poisonLimits: PoisonLimits = { maxCrashes: 3, windowMs: 72 * 60 * 60 * 1_000 };

/** Ends of processes within the window before `now` that nothing but the event itself can have caused from inside. */
export function crashesWithin(suspicions: readonly Suspicion[], now: string, windowMs: number): number {
  const since = Date.parse(now) - windowMs;
  return suspicions.filter(({ at, wasAlone }) => wasAlone && Date.parse(at) >= since).length;
}
