import type { MonotonicClock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { companyOf } from '../../domain/event/suspicion.ts';
import { createDeadlines, type DeadlineLimits, deadlineLimits } from '../deadlines.ts';
import { failure } from '../describe-failure.ts';
import { writeHandlerLine } from '../handler-log.ts';
import type { HandlerOutcome, HandlerRunner } from '../handler-runner.ts';
import { invocationOf, outcomeOf } from '../invoke-handler.ts';
import type { StartCell } from './cell-link.ts';
import { type Assigned, type Cell, type CellOwner, startCell } from './cell-of-handlers.ts';
import { checkedCall } from './checked-call.ts';
import { checkedEnd } from './checked-end.ts';
import { type IsolationLimits, isolationLimits } from './isolation-limits.ts';
import type { CellEnd, FromCell } from './messages.ts';
import { createWrittenLog } from './written-log.ts';

export interface IsolatedRunnerOptions {
  readonly start: StartCell;
  /** Whether nothing that a handler does can end the worker. */
  readonly isolates: boolean;
  /** Absolute path of the handlers' configuration. */
  readonly configPath: string;
  readonly memoryMiB: number;
  /** Whether requests of handlers may have to be followed. */
  readonly followsCalls?: boolean;
  readonly clock: MonotonicClock;
  readonly logger: Logger;
  /** Called with each end of a cell that was not ours. */
  readonly crashed?: (kind: CellEnd['kind']) => void;
  /** Overrides of the defaults. */
  readonly limits?: { readonly isolation?: Partial<IsolationLimits>; readonly deadlines?: Partial<DeadlineLimits> };
}

const failures: Readonly<Record<CellEnd['kind'], string>> = {
  crashed: 'HandlerCrashed',
  'out-of-memory': 'HandlerOutOfMemory',
  unresponsive: 'HandlerTimeout',
};

/**
 * Runs handlers in cells: child processes or threads that load the configuration themselves. Cells start at once, so that they
 * load while the worker does. When one ends by itself, what was in it is interrupted, because nothing says which handler
 * did it; an event that has a cell for itself then fails.
 */
export function createIsolatedRunner(options: IsolatedRunnerOptions): HandlerRunner {
  const { start, isolates, configPath, memoryMiB, followsCalls = false, clock, logger, crashed = () => {} } = options;
  const limits: IsolationLimits = { ...isolationLimits, ...options.limits?.isolation };
  const settings = { configPath, memoryMiB, leftoverGraceMs: limits.leftoverGraceMs, followsCalls };
  const shared = new Set<Cell>();
  const own = new Set<Cell>();
  const cellOf = new Map<number, Cell>();
  let waiting: Assigned[] = [];
  let lastNumber = 0;
  let isClosed = false;
  let isPinging = false;
  let failedStarts = 0;
  let unhealthyReason: string | null = null;
  let allEnded: (() => void) | null = null;
  const written = createWrittenLog(logger, clock, limits.writtenCharactersPerSecond);
  const named = ({ run }: Assigned) => {
    const { eventId, state, handler } = run;
    return { eventId, handler: handler.pattern, attempt: state.attempts };
  };

  const strike = (late: Assigned) => {
    const reason = `was killed, because it answered nothing for ${limits.overdueMs} ms after the deadline of a handler in it`;
    cellOf.get(late.number)?.kill({ kind: 'unresponsive', how: reason });
  };
  const deadlines = createDeadlines<Assigned>(clock, strike, { ...deadlineLimits, ...options.limits?.deadlines });
  const settle = (one: Assigned, outcome: HandlerOutcome) => {
    deadlines.remove(one);
    cellOf.get(one.number)?.remove(one.number);
    cellOf.delete(one.number);
    one.settle(outcome);
  };
  const assign = (cell: Cell, one: Assigned) => {
    cellOf.set(one.number, cell);
    cell.add(one);
    if (!isPinging) void keepPinging();
  };

  const owner: CellOwner = {
    began: (runs) => {
      for (const one of runs) deadlines.add(one, one.run.handler.timeoutMs + limits.overdueMs);
    },
    wrote: (text) => written(text),
    said: (cell, message) => hear(cell, message),
    ended: (cell, end, { unsent, begun }) => {
      const isOwn = own.delete(cell);
      shared.delete(cell);
      if (shared.size + own.size === 0) allEnded?.();
      for (const one of [...unsent, ...begun]) {
        deadlines.remove(one);
        cellOf.delete(one.number);
      }
      if (isClosed) return;
      const isOurs = end.how === 'was replaced';
      if (!isOurs) {
        crashed(end.kind);
        logger.warn({ how: end.how, interrupted: begun.length }, 'a process of handlers ended');
      }
      for (const one of begun) one.settle(isOwn ? failedBy(one, end) : { kind: 'interrupted' });
      if (!cell.isReady && !isOurs) void startAgainLater(end, unsent, isOwn);
      else for (const one of unsent) place(one);
      if (cell.isReady) keepEnough();
    },
  };

  const hear = (cell: Cell, message: FromCell) => {
    const { ready, unusable, ends = [], lines = [], calls = [], late = [], worn, leftover } = message;
    if (ready) {
      failedStarts = 0;
      unhealthyReason = null;
    }
    if (unusable !== undefined)
      cell.kill({ kind: 'crashed', how: `was killed, because it cannot load the handlers: ${unusable}` });
    for (const [number, line] of lines) {
      const one = cell.inHand.get(number);
      if (one) writeHandlerLine(logger, { ...named(one), type: one.message.type }, line);
    }
    for (const [number, said] of calls) {
      const call = checkedCall(said);
      if (call !== null) cell.inHand.get(number)?.run.called?.(call);
    }
    // What went on in it would end the next event's attempt, and only that event would be blamed.
    if (own.has(cell) && (leftover || ends.some(([, end]) => end?.kind !== 'succeeded'))) cell.retire();
    for (const [number, end] of ends) {
      const one = cell.inHand.get(number);
      if (one) settle(one, outcomeOf(checkedEnd(end), one.run, logger));
    }
    for (const [, what] of late) logger.error({ what }, 'a handler went on after its outcome was recorded, and failed');
    if (worn) {
      cell.retire();
      keepEnough();
    }
    placeWaiting();
  };

  const failedBy = ({ run }: Assigned, { kind, how }: CellEnd): HandlerOutcome => ({
    kind: 'failed',
    failure: failure(
      failures[kind],
      kind === 'unresponsive'
        ? `The handler did not finish within ${run.handler.timeoutMs} ms, and held its thread`
        : `The process that ran this handler alone ${how}`,
      true,
    ),
  });

  const startShared = () => void shared.add(startCell(start, settings, limits, owner));
  const responsive = () => [...shared].filter((cell) => cell.isResponsive());
  /** As many cells as are wanted, and one more for each that a handler holds, until it holds it no longer. */
  const keepEnough = () => {
    if (isClosed || failedStarts > 0) return;
    for (const cell of responsive().slice(limits.cells)) cell.retire();
    while (responsive().length < limits.cells && shared.size < limits.maxCells) startShared();
    placeWaiting();
  };
  const startAgainLater = async (end: CellEnd, unsent: readonly Assigned[], wasOwn: boolean) => {
    waiting = [...unsent, ...waiting];
    const pauseMs = Math.min(limits.restartPauseMs * 2 ** failedStarts, limits.longestRestartPauseMs);
    failedStarts++;
    unhealthyReason = `a process of handlers ${end.how} before it was ready; it is started again`;
    await clock.sleep(pauseMs);
    if (isClosed) return;
    if (!wasOwn) startShared();
    placeWaiting();
  };

  const place = (one: Assigned) => {
    const company = companyOf(one.run.state);
    if (company === 'own-process' || company === 'alone') {
      const idle = [...own].find((cell) => cell.inHand.size === 0 && cell.isFree());
      const cell = idle ?? startCell(start, settings, limits, owner);
      own.add(cell);
      return assign(cell, one);
    }
    let best: Cell | null = null;
    for (const cell of shared) if (cell.isFree() && (best === null || cell.inHand.size < best.inHand.size)) best = cell;
    if (best === null) waiting.push(one);
    else assign(best, one);
  };
  const placeWaiting = () => {
    if (waiting.length === 0) return;
    const before = waiting;
    waiting = [];
    for (const one of before) place(one);
  };

  const keepPinging = async () => {
    isPinging = true;
    while (cellOf.size + waiting.length > 0 && !isClosed) {
      await clock.sleep(limits.pingEveryMs);
      for (const cell of shared) if (cell.isReady) cell.ping();
      keepEnough();
    }
    for (const cell of own) if (cell.inHand.size === 0) cell.retire();
    isPinging = false;
  };

  keepEnough();
  return {
    isolates,
    run: (run) =>
      new Promise((resolve) => {
        if (isClosed) return resolve({ kind: 'abandoned' });
        const number = ++lastNumber;
        const follows = run.called === undefined ? {} : ({ followsCalls: true } as const);
        const message = { ...invocationOf(run), run: number, pattern: run.handler.pattern, ...follows };
        place({ number, run, message, settle: resolve });
      }),
    abandon: () => {
      for (const cell of [...shared, ...own]) {
        cell.abort('The process is shutting down');
        for (const one of [...cell.inHand.values()]) settle(one, { kind: 'abandoned' });
      }
      for (const one of waiting.splice(0)) one.settle({ kind: 'abandoned' });
    },
    unhealthyReason: () => unhealthyReason,
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      const ended = new AbortController();
      allEnded = () => ended.abort();
      for (const cell of [...shared, ...own]) cell.kill({ kind: 'crashed', how: 'was closed' });
      if (shared.size + own.size > 0) await clock.sleep(limits.closeWithinMs, ended.signal);
    },
  };
}
