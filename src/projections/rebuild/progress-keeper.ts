import type { MonotonicClock } from '../../application/ports/clock.ts';
import type { EventReader, RecordedTransition } from '../../application/ports/event-log.ts';
import type { ReportedProgress } from './report-progress.ts';

export const progressLimits = {
  everyMs: 1_000,
  /** Without any progress for so long, it is said why. */
  stuckAfterMs: 60_000,
} as const;
export type ProgressLimits = { readonly [Name in keyof typeof progressLimits]: number };

/** Of the last seconds more than of those before. */
const WEIGHT_OF_NEWEST = 0.3;

type Measured = Omit<ReportedProgress, 'rate' | 'waitsFor' | 'head'>;

export interface ProgressKeeper {
  /** From now on something is done for this rebuild. */
  begin(rebuildId: string, work: ReportedProgress['work']): void;
  /** So many transitions more are in the copy, up to this one. */
  written(last: Pick<RecordedTransition, 'position'>, transitions: number): void;
  compared(rows: number): void;
  failed(message: string): void;
  /** Nothing is done until an operator asks for it. */
  rest(): void;
  /** Why nothing has moved for a minute; `null` while something does. */
  waitsFor(): string | null;
  /** Until `signal` aborts. */
  keep(signal: AbortSignal): Promise<void>;
}

interface Dependencies {
  readonly log: Pick<EventReader, 'head'>;
  readonly report: (progress: ReportedProgress) => Promise<void>;
  readonly onStuck: (waitsFor: string) => void;
  readonly clock: MonotonicClock;
  readonly limits?: Partial<ProgressLimits> | undefined;
}

export function createProgressKeeper({ log, report, onStuck, clock, limits: given }: Dependencies): ProgressKeeper {
  const limits = { ...progressLimits, ...given };
  let current: Measured | null = null;
  const begun = new Set<ReportedProgress['work']>();
  let movedAt = clock.monotonicMs();
  let failure: string | null = null;
  let waitsFor: string | null = null;
  let rate = 0;
  let last = { handled: 0n, at: 0 };

  const touch = () => {
    movedAt = clock.monotonicMs();
    failure = null;
    waitsFor = null;
  };

  function measure(handled: bigint): void {
    const at = clock.monotonicMs();
    const seconds = (at - last.at) / 1_000;
    if (last.at > 0 && seconds > 0) {
      const now = Math.max(0, Number(handled - last.handled)) / seconds;
      rate = rate === 0 ? now : rate + WEIGHT_OF_NEWEST * (now - rate);
    }
    last = { handled, at };
  }

  function lookForReason(work: string): void {
    if (clock.monotonicMs() - movedAt < limits.stuckAfterMs) return;
    const found = `${work}: ${failure ?? 'the read database or the log has not answered since'}`;
    if (found !== waitsFor) onStuck(found);
    waitsFor = found;
  }

  async function tick(): Promise<void> {
    if (current === null) return;
    measure(current.handled);
    lookForReason(current.work);
    const { position: head } = (await log.head()) ?? { position: 0n };
    if (current !== null) await report({ ...current, head, rate, waitsFor: waitsFor ?? failure });
  }

  return {
    begin(rebuildId, work) {
      const isSame = current?.rebuildId === rebuildId;
      const before = isSame && current !== null ? current : { handled: 0n, transitions: 0, rowsCompared: 0 };
      if (!isSame) {
        last = { handled: 0n, at: 0 };
        rate = 0;
        begun.clear();
      }
      // What is tried again is no progress, and goes through the same works each time.
      if (!begun.has(work)) touch();
      begun.add(work);
      current = { ...before, rebuildId, work };
    },
    written({ position }, transitions) {
      if (current !== null) current = { ...current, handled: position, transitions: current.transitions + transitions };
      touch();
    },
    compared(rowsCompared) {
      if (current !== null) current = { ...current, rowsCompared };
      touch();
    },
    failed(message) {
      failure = message;
    },
    rest() {
      current = null;
      touch();
    },
    waitsFor: () => waitsFor,
    async keep(signal) {
      while (!signal.aborted) {
        await clock.sleep(limits.everyMs, signal);
        if (!signal.aborted) await tick().catch(() => {});
      }
    },
  };
}
