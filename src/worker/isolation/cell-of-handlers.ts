import type { HandlerOutcome, HandlerRun } from '../handler-runner.ts';
import type { CellLink, StartCell } from './cell-link.ts';
import type { IsolationLimits } from './isolation-limits.ts';
import type { CellEnd, CellRun, CellSettings, FromCell } from './messages.ts';

/** A run that waits for a cell, or is in one. */
export interface Assigned {
  readonly number: number;
  readonly run: HandlerRun;
  readonly message: CellRun;
  readonly settle: (outcome: HandlerOutcome) => void;
}

export interface Cell {
  /** Runs that were handed over or are about to be. */
  readonly inHand: ReadonlyMap<number, Assigned>;
  readonly isReady: boolean;
  /** May be given more. */
  isFree(): boolean;
  /** Whether no handler holds its thread, as far as is known. One that is full responds, and is in use. */
  isResponsive(): boolean;
  add(run: Assigned): void;
  remove(number: number): void;
  /** Gets nothing more, and ends once it is empty. */
  retire(): void;
  abort(reason: string): void;
  ping(): void;
  kill(how: CellEnd): void;
}

export interface CellOwner {
  /** The runs' deadlines begin now. */
  began(runs: readonly Assigned[]): void;
  said(cell: Cell, message: FromCell): void;
  wrote(text: string): void;
  /** `unsent` were never handed over, `begun` were. */
  ended(
    cell: Cell,
    end: CellEnd,
    runs: { readonly unsent: readonly Assigned[]; readonly begun: readonly Assigned[] },
  ): void;
}

const retired: CellEnd = { kind: 'crashed', how: 'was replaced' };

/** One process or thread of handlers, as the worker sees it: what is in it, and whether it answers. */
export function startCell(start: StartCell, settings: CellSettings, limits: IsolationLimits, owner: CellOwner): Cell {
  const inHand = new Map<number, Assigned>();
  let unsent: Assigned[] = [];
  let characters = 0;
  let isReady = false;
  let isRetired = false;
  let isFlushing = false;
  /** Pings that came due while one was unanswered. Counted, not timed: a time in which we were held up says nothing. */
  let unanswered = 0;
  let isPinged = false;

  const flush = () => {
    isFlushing = false;
    while (isReady && unsent.length > 0) {
      const runs = unsent.splice(0, limits.runsInMessage);
      link.send({ runs: runs.map(({ message }) => message) });
      owner.began(runs);
    }
  };
  const endIfEmpty = () => {
    if (isRetired && inHand.size === 0) link.kill(retired);
  };
  const cell: Cell = {
    inHand,
    get isReady() {
      return isReady;
    },
    isFree: () => cell.isResponsive() && inHand.size < limits.runsInCell && characters < limits.charactersInCell,
    isResponsive: () => !isRetired && unanswered < limits.unansweredPings,
    add: (run) => {
      inHand.set(run.number, run);
      characters += run.message.payload.length;
      unsent.push(run);
      if (unsent.length >= limits.runsInMessage) flush();
      else if (!isFlushing) {
        isFlushing = true;
        setImmediate(flush);
      }
    },
    remove: (number) => {
      characters -= inHand.get(number)?.message.payload.length ?? 0;
      inHand.delete(number);
      endIfEmpty();
    },
    retire: () => {
      isRetired = true;
      endIfEmpty();
    },
    abort: (reason) => link.send({ abort: [...inHand.keys()], reason }),
    ping: () => {
      if (isPinged) {
        unanswered++;
        return;
      }
      isPinged = true;
      link.send({ ping: 0 });
    },
    kill: (how) => link.kill(how),
  };
  const link: CellLink = start(settings, {
    message: (message) => {
      if (message.pong !== undefined) {
        isPinged = false;
        unanswered = 0;
      }
      if (message.ready) {
        isReady = true;
        flush();
      }
      owner.said(cell, message);
    },
    wrote: (text) => owner.wrote(text),
    ended: (end) => {
      isRetired = true;
      const waiting = new Set(unsent);
      unsent = [];
      const runs = [...inHand.values()];
      inHand.clear();
      const [not, begun] = [runs.filter((run) => waiting.has(run)), runs.filter((run) => !waiting.has(run))];
      owner.ended(cell, end, { unsent: not, begun });
    },
  });
  return cell;
}
