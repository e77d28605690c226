import { setTimeout as sleep } from 'node:timers/promises';
import { LogDamaged } from '../../application/failures.ts';
import type { IndexPlace } from './database/check-indexes.ts';
import type { Answer, Input } from './thread-messages.ts';

export const indexCheckLimits = {
  /** Of how many rows one piece is, which takes a few milliseconds; */
  pieceRows: 1_000,
  /** between two of them appends and reads have their turn. */
  pauseMs: 100,
} as const;
export type IndexCheckLimits = { readonly [Name in keyof typeof indexCheckLimits]: number };

export interface CheckInPieces extends IndexCheckLimits {
  readonly signal: AbortSignal;
  /** @throws {LogDamaged} when a row cannot be found by its index. @throws {LogUnavailable} */
  check(piece: Input<'checkIndexes'>): Promise<Answer<'checkIndexes'>>;
}

/**
 * Holds every row of an open log against its index once, slowly: 10⁶ events take some minutes and 3 % of the thread. A
 * name that its index does not find would get a second history. What is written meanwhile went through the index.
 */
export async function checkIndexesInPieces({ pieceRows, pauseMs, signal, check }: CheckInPieces): Promise<void> {
  let next: IndexPlace | null = { table: 'streams', after: 0 };
  while (next !== null && !signal.aborted) {
    await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      next = await check({ from: next, rows: pieceRows });
    } catch (error) {
      // Damage is reported to whoever opened the log; a log that is only unavailable is asked again.
      if (error instanceof LogDamaged) return;
    }
  }
}
