import type { RecordedTransition } from '../../application/ports/event-log.ts';
import type { Place } from './database/read-transitions.ts';

/** What is kept for live subscribers, who need not read it again. Whoever falls further behind reads the file. */
const MAX_TRANSITIONS = 16_384;
/** UTF-16 units of data and metadata; a unit takes one or two bytes of memory. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/**
 * The end of the log as this process has written it. Positions are dense and grow by one, so a subscriber at position p
 * asks for p + 1 and cannot miss one: either the tail still has p + 1, or the file does.
 */
export interface Tail {
  /** The last committed place; position 0 in an empty log. */
  readonly end: Place;
  /** Tells of transitions that were just committed. They follow on the end. */
  extend(committed: readonly RecordedTransition[]): void;
  /** The log was opened anew and ends here. */
  reset(end: Place): void;
  /** Up to `limit` transitions after `position`; `null` when the first of them is no longer here. */
  after(position: number, limit: number): readonly RecordedTransition[] | null;
  /** Resolves when the log ends beyond `position`, or when `signal` aborts. */
  grown(position: number, signal: AbortSignal): Promise<void>;
}

export function createTail(start: Place): Tail {
  const ring = Array.from<RecordedTransition | undefined>({ length: MAX_TRANSITIONS });
  const wakers = new Set<() => void>();
  let end = start;
  /** Positions from `first` to the end are in the ring. */
  let first = start.position + 1;
  let characters = 0;

  function dropFirst(): void {
    const dropped = ring[first % MAX_TRANSITIONS];
    if (dropped !== undefined) characters -= weight(dropped);
    ring[first % MAX_TRANSITIONS] = undefined;
    first += 1;
  }

  function wakeAll(): void {
    for (const wake of wakers) wake();
  }

  return {
    get end() {
      return end;
    },

    extend(committed) {
      let position = end.position;
      for (const transition of committed) {
        position += 1;
        if (transition.position !== BigInt(position)) throw new Error(`The log has a gap before position ${position}`);
        if (position - first === MAX_TRANSITIONS) dropFirst();
        ring[position % MAX_TRANSITIONS] = transition;
        characters += weight(transition);
        while (characters > MAX_CHARACTERS && first < position) dropFirst();
        end = { position, id: transition.id };
      }
      wakeAll();
    },

    reset(reopened) {
      while (first <= end.position) dropFirst();
      end = reopened;
      first = end.position + 1;
      wakeAll();
    },

    after(position, limit) {
      if (position + 1 < first) return null;
      const held: RecordedTransition[] = [];
      for (let next = position + 1; next <= end.position && held.length < limit; next++) {
        const transition = ring[next % MAX_TRANSITIONS];
        if (transition !== undefined) held.push(transition);
      }
      return held;
    },

    grown: (position, signal) =>
      new Promise((resolve) => {
        if (end.position > position || signal.aborted) return resolve();
        const wake = () => {
          wakers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        wakers.add(wake);
        signal.addEventListener('abort', wake);
      }),
  };
}

const weight = ({ data, metadata }: RecordedTransition) => data.length + metadata.length;
