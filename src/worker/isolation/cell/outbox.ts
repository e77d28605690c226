import type { OutgoingCall } from '../../../application/outgoing-call.ts';
import type { HandlerLine } from '../../handler-log.ts';
import type { HandlerEnd } from '../../handler-runner.ts';
import type { FromCell } from '../messages.ts';

const { setImmediate } = globalThis;

/** Gathers what one turn of the event loop has to say, so that many small ends travel together. */
export function createOutbox(send: (message: FromCell) => void) {
  let ends = new Map<number, HandlerEnd>();
  let lines: (readonly [number, HandlerLine])[] = [];
  let calls: (readonly [number, OutgoingCall])[] = [];
  let late: (readonly [number, string])[] = [];
  let isWorn = false;
  let hasLeftover = false;
  let isWaiting = false;

  const flush = () => {
    isWaiting = false;
    const message: FromCell = {
      ...(ends.size > 0 ? { ends: [...ends] } : {}),
      ...(lines.length > 0 ? { lines } : {}),
      ...(calls.length > 0 ? { calls } : {}),
      ...(late.length > 0 ? { late } : {}),
      ...(isWorn ? { worn: true } : {}),
      ...(hasLeftover ? { leftover: true } : {}),
    };
    ends = new Map();
    lines = [];
    calls = [];
    late = [];
    isWorn = false;
    hasLeftover = false;
    send(message);
  };
  const soon = () => {
    if (!isWaiting) setImmediate(flush);
    isWaiting = true;
  };

  return {
    ended: (run: number, end: HandlerEnd): void => {
      ends.set(run, end);
      soon();
    },
    /** Turns a success that is still here into a failure, and says whether it was. */
    failedAfterAll: (run: number, end: HandlerEnd): boolean =>
      ends.get(run)?.kind === 'succeeded' && Boolean(ends.set(run, end)),
    said: (run: number, line: HandlerLine): void => {
      lines.push([run, line]);
      soon();
    },
    called: (run: number, call: OutgoingCall): void => {
      calls.push([run, call]);
      soon();
    },
    late: (run: number, what: string): void => {
      late.push([run, what]);
      soon();
    },
    worn: (): void => {
      isWorn = true;
      soon();
    },
    /** To be called before the handler's end: both travel together. */
    leftover: (): void => {
      hasLeftover = true;
      soon();
    },
  };
}
