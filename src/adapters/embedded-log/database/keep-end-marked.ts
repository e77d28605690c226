import { closeSync, openSync } from 'node:fs';
import { createEndMark, type EndMarkWriter } from './end-mark.ts';
import type { Place } from './read-transitions.ts';
import { generationOf } from './write-ahead-file.ts';

export const endMarkLimits = {
  /** A mark is at most so old while appends go on, */
  everyMs: 1_000,
  /** and so long after the last one. Each costs an fsync, during which nothing is appended. */
  idleMs: 50,
} as const;
export type EndMarkLimits = { readonly [Name in keyof typeof endMarkLimits]: number };

export interface MarkedEnd {
  /** To be called after each commit, before it is acknowledged. */
  committed(): void;
  /** Marks the present end for the last time. */
  close(): void;
}

export interface MarkedEndOptions {
  readonly path: string;
  readonly logId: string;
  readonly bootId: string | null;
  readonly limits?: Partial<EndMarkLimits> | undefined;
  /** The last position of the log, all of it durable. */
  end(): Place;
  /** Called when marks cannot be written, and with `null` when they can again. Appends go on meanwhile. */
  onUnhealthy(reason: string | null): void;
}

/**
 * Keeps the mark of the log's end. The first commit of each generation of the write-ahead file is marked before it is
 * acknowledged: whatever is lost with that file as a whole, the mark is then ahead of what is left.
 */
export function keepEndMarked({ path, logId, bootId, limits, end, onUnhealthy }: MarkedEndOptions): MarkedEnd {
  const { everyMs, idleMs } = { ...endMarkLimits, ...limits };
  let writer: EndMarkWriter | null = null;
  let writeAhead: number | null = null;
  let generation: string | null = null;
  let isFailing = false;
  let markedAtMs = 0;
  let hasMoved = false;
  const idle = setTimeout(() => hasMoved && mark(), idleMs).unref();

  function mark(): void {
    try {
      const present = { logId, bootId, ...end() };
      if (writer === null) writer = createEndMark(path, present);
      else writer.write(present);
      if (isFailing) onUnhealthy(null);
      isFailing = false;
    } catch (error) {
      // The next one makes a new file: of this one only the other slot may be whole.
      writer?.close();
      writer = null;
      if (!isFailing) onUnhealthy(error instanceof Error ? error.message : String(error));
      isFailing = true;
    }
    markedAtMs = performance.now();
    hasMoved = false;
  }

  function hasBegunOver(): boolean {
    try {
      writeAhead ??= openSync(`${path}-wal`, 'r');
      const present = generationOf(writeAhead);
      const hasChanged = present !== generation;
      generation = present;
      return hasChanged;
    } catch {
      return false;
    }
  }

  mark();
  return {
    committed() {
      hasMoved = true;
      if (hasBegunOver() || performance.now() - markedAtMs >= everyMs) mark();
      else idle.refresh();
    },
    close() {
      clearTimeout(idle);
      mark();
      writer?.close();
      if (writeAhead !== null) closeSync(writeAhead);
    },
  };
}
