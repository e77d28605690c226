import type { MonotonicClock } from '../../../src/application/ports/clock.ts';

/** Time that stands still while anything can go on without it, and then jumps to the next sleeper. */
export interface SimulatedTime extends MonotonicClock {
  /** Milliseconds since the run began, with fractions. */
  passed(): number;
  /** Lets time pass until it holds, or until so much has passed since the run began. Says whether it holds. */
  runUntil(holds: () => boolean, untilMs: number): Promise<boolean>;
}

interface Sleeper {
  readonly at: number;
  readonly order: number;
  wake: (() => void) | null;
}

export const BEGINNING = Date.parse('2026-01-01T00:00:00.000Z');

/** Promises that need no time have all gone on when this resolves. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export function createSimulatedTime(): SimulatedTime {
  let passed = 0;
  let order = 0;
  const heap: Sleeper[] = [];

  return {
    passed: () => passed,
    monotonicMs: () => passed,
    now: () => BEGINNING + Math.floor(passed),
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper: Sleeper = { at: passed + Math.max(0, delayMs), order: order++, wake: null };
        const wake = () => {
          sleeper.wake = null;
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        sleeper.wake = wake;
        signal?.addEventListener('abort', wake);
        push(heap, sleeper);
      }),
    async runUntil(holds, untilMs) {
      for (;;) {
        await settled();
        if (holds()) return true;
        while (heap.length > 0 && heap[0]?.wake === null) pop(heap);
        const first = heap[0];
        if (first === undefined || first.at > untilMs) {
          passed = Math.max(passed, untilMs);
          return holds();
        }
        pop(heap);
        passed = Math.max(passed, first.at);
        first.wake?.();
      }
    },
  };
}

const isBefore = (one: Sleeper, other: Sleeper) =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

function push(heap: Sleeper[], sleeper: Sleeper): void {
  let index = heap.length;
  heap.push(sleeper);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Sleeper;
    if (!isBefore(sleeper, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = sleeper;
}

function pop(heap: Sleeper[]): void {
  const last = heap.pop() as Sleeper;
  if (heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Sleeper, heap[child] as Sleeper)) child++;
    if (!isBefore(heap[child] as Sleeper, last)) break;
    heap[index] = heap[child] as Sleeper;
    index = child;
  }
  heap[index] = last;
}
