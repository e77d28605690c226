import type { RecordedTransition } from '../../application/ports/event-log.ts';
import type { Place } from './database/read-transitions.ts';

/**
 * What is kept for live subscribers, who need not read it again: about two seconds of the highest load. A projector that
 * falls further behind reads the file, handles a quarter fewer events in a second (`bench/projection.ts --from-file`), and so
 * falls behind further still.
 */
export const tailLimits = {
  tailTransitions: 65_536,
  /** UTF-16 units of data and metadata; a unit takes one or two bytes of memory. */
  tailCharacters: 24 * 1024 * 1024,
} as const;
export type TailLimits = { readonly [Limit in keyof typeof tailLimits]: number };

/**
 * The end of the log as this process has written it. Positions are dense and grow by one, so a subscriber at position p
 * asks for p + 1 and cannot miss one: either the tail still has p + 1, or the file does.
 */
export interface Tail {
  /** The last committed position; 0 in an empty log. */
  readonly end: Place;
  /** Adds transitions that were just committed. They follow on the end. */
  extend(committed: readonly RecordedTransition[]): void;
  /** The log was reopened and ends here. */
  reset(end: Place): void;
  /** Up to `limit` transitions after `position`; `null` when the first of them is no longer here. */
  after(position: number, limit: number): readonly RecordedTransition[] | null;
  /** Resolves when the log ends beyond `position`, or when `signal` aborts. */
  grown(position: number, signal: AbortSignal): Promise<void>;
}

export function createTail(start: Place, limits: Partial<TailLimits> = {}): Tail {
  const { tailTransitions: most, tailCharacters: mostCharacters } = { ...tailLimits, ...limits };
  const ring = Array.from<RecordedTransition | undefined>({ length: most });
  const wakers = new Set<() => void>();
  let end = start;
  /** Positions from `first` to the end are in the ring. */
  let first = start.position + 1;
  let characters = 0;

  function dropFirst(): void {
    const dropped = ring[first % most];
    if (dropped !== undefined) characters -= weight(dropped);
    ring[first % most] = undefined;
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
        if (position - first === most) dropFirst();
        ring[position % most] = transition;
        characters += weight(transition);
        while (characters > mostCharacters && first < position) dropFirst();
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
        const transition = ring[next % most];
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
